//! Others on the machine read nothing: not the folder, not the database, not the anchors.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use super::{Machine, everything, wav};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

const CALL: &str = "started,ended,from,to,id,status,talk\n2026-03-02T09:00:00Z,2026-03-02T09:01:00Z,+12025550143,201,1700000001.1,answered,50\n";

#[test]
fn whatever_is_made_in_the_data_folder_is_for_its_user_alone() {
    let machine = Machine::new();
    machine.create("acme").expect(0, &["is ready"]);
    assert_eq!(mode(&machine.data), 0o700);
    let source = Machine::new();
    std::fs::create_dir_all(&source.data).unwrap();
    std::fs::write(source.data.join("calls.csv"), CALL).unwrap();
    std::fs::write(source.data.join("1700000001.1.wav"), wav("hello")).unwrap();
    let (calls, sounds) = (source.path("calls.csv"), source.path(""));
    let import =
        ["import", "calls", &calls, "--workspace", "acme", "--format", "csv", "--recordings", &sounds];
    machine.run(&import).expect(0, &["1 recordings attached"]);
    machine.run(&["audit", "anchor", "--to", &machine.path("anchors.txt")]).expect(0, &["added"]);
    let all = everything(&machine.data);
    for name in ["ringfence.db", "seal.key", "anchors.txt", "csv-1700000001.1.wav"] {
        assert!(all.iter().any(|path| path.ends_with(name)), "{name} is not in {all:?}");
    }
    for path in all {
        assert_eq!(mode(&path) & 0o077, 0, "{} has {:o}", path.display(), mode(&path));
    }
}

#[test]
fn a_data_folder_that_others_can_read_is_refused_by_every_command_with_what_mends_it() {
    let machine = Machine::new();
    machine.create("acme").expect(0, &[]);
    let data = machine.path("").trim_end_matches('/').to_owned();
    let mend = format!("chmod -R go= {data}");
    let file = machine.path("ringfence.db");
    for (open, path, says) in [
        ("chmod 755 .", &data, "0755"),
        ("chmod 750 .", &data, "0750"),
        ("chmod 701 .", &data, "0701"),
        ("chmod 644 ringfence.db", &file, "0644"),
        ("mkdir -m 755 recordings", &machine.path("recordings"), "0755"),
        ("chmod 640 seal.key", &machine.path("seal.key"), "0640"),
    ] {
        machine.shell(open);
        for command in [
            &["serve", "--listen", "127.0.0.1:0"][..],
            &["workspace", "list"],
            &["workspace", "reset-password", "--slug", "acme", "--email", "o@acme.example"],
            &["workspace", "delete-demo"],
            &["import", "calls", "-", "--workspace", "acme", "--format", "asterisk"],
            &["recordings", "verify"],
            &["audit", "verify"],
        ] {
            machine.run(command).expect(1, &[path, says, &mend]);
        }
        machine.shell(&mend);
        machine.run(&["workspace", "list"]).expect(0, &["acme"]);
    }
}

#[test]
fn a_folder_that_was_made_for_ringfence_and_is_empty_is_closed_without_ado() {
    let machine = Machine::new();
    std::fs::create_dir(&machine.data).unwrap();
    machine.shell("chmod 755 .");
    machine.create("acme").expect(0, &[]);
    assert_eq!(mode(&machine.data), 0o700);
}

#[test]
fn a_file_of_anchors_or_a_key_that_others_can_read_is_refused() {
    let machine = Machine::new();
    machine.create("acme").expect(0, &[]);
    machine.shell("touch anchors.txt; cp seal.key other.key; chmod 644 anchors.txt other.key");
    let (anchors, key) = (machine.path("anchors.txt"), machine.path("other.key"));
    let mend = format!("chmod go= {anchors}");
    machine.run(&["audit", "anchor", "--to", &anchors]).expect(1, &["0644", &mend]);
    machine.run(&["serve", "--listen", "127.0.0.1:0", "--anchor", &anchors]).expect(1, &["0644", &mend]);
    machine.run(&["workspace", "list", "--seal-key", &key]).expect(1, &["0644", &format!("chmod go= {key}")]);
    machine.shell("echo nonsense > other.key; chmod go= other.key anchors.txt");
    machine.run(&["workspace", "list", "--seal-key", &key]).expect(1, &["64 hexadecimal digits"]);
    machine.run(&["workspace", "list", "--seal-key", "/nowhere.key"]).expect(1, &["/nowhere.key", "copy"]);
    machine.shell("rm other.key; mkfifo -m 600 other.key");
    machine.run(&["workspace", "list", "--seal-key", &key]).expect(1, &["no plain file"]);
    machine.run(&["audit", "anchor", "--to", &anchors]).expect(0, &["1 anchors added"]);
}

#[test]
fn what_root_makes_in_the_folder_of_the_servers_user_is_that_users() {
    let machine = Machine::new();
    std::fs::create_dir(&machine.data).unwrap();
    let nobody = 65_534;
    if std::os::unix::fs::chown(&machine.data, Some(nobody), Some(nobody)).is_err() {
        return; // Only root can give things away.
    }
    machine.create("acme").expect(0, &[]);
    machine.run(&["workspace", "list"]).expect(0, &["acme"]);
    for path in everything(&machine.data) {
        assert_eq!(std::fs::metadata(&path).unwrap().uid(), nobody, "{}", path.display());
    }
}
