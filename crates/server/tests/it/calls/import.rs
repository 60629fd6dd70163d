//! `ringfence import calls` as whoever runs the machine uses it: files that are fine, broken, or no call records.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use access::model::EntityKind;
use sqlx::Connection as _;

use access::{Actor, Id, Permit, Thing, can};
use store::calls::calls::{CallFilter, CallRow};
use store::kit::seal::SealKey;
use store::lines::entities::EntityInput;
use store::{Author, Store};

static PLACES: AtomicU32 = AtomicU32::new(0);

/// A data folder of one test with one workspace, `acme`; gone afterwards.
struct Place {
    folder: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Place {
    fn new() -> Place {
        let nth = PLACES.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("ringfence-import-{}-{nth}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let place = Place { folder };
        let made = place.run(&[
            "workspace",
            "create",
            "--slug",
            "acme",
            "--name",
            "Acme",
            "--owner-email",
            "o@acme.example",
        ]);
        assert!(made.status.success(), "{}", err(&made));
        place
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringfence"));
        command.arg("--data").arg(&self.folder).args(args).env_remove("RINGFENCE_DATABASE");
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn import(&self, file: &str, more: &[&str]) -> Output {
        let args = ["import", "calls", file, "--workspace", "acme", "--format", "asterisk"];
        self.run(&[&args[..], more].concat())
    }

    async fn store(&self) -> Store {
        let url = format!("sqlite://{}", self.folder.join("ringfence.db").display());
        Store::open(&url, Arc::new(|| 1_700_000_000_000_000), SealKey::generate()).await.unwrap()
    }

    /// Every call, as the owner sees them.
    async fn calls(&self) -> Vec<CallRow> {
        let store = self.store().await;
        let snapshot = store.snapshot(1).await.unwrap();
        let owner = *snapshot.model().users.keys().next().unwrap();
        let visible = Actor::user(snapshot, owner).unwrap().visible::<can::CallRecordRead>().unwrap();
        store.calls(&visible, &CallFilter::default(), 1_000_000).await.unwrap()
    }

    /// Adds an extension of the owner, a queue and a number.
    async fn connect(&self) -> [Id; 3] {
        let store = self.store().await;
        let owner = store.snapshot(1).await.unwrap().model().users.keys().next().copied();
        let permit = Permit::<can::ExtensionWrite>::operator(1, Thing::WORKSPACE);
        let (mut change, _) = store.begin(&permit, &Author::operator()).await.unwrap();
        let mut ids = vec![];
        for (kind, digits, name, user) in [
            (EntityKind::Extension, "201", "", owner),
            (EntityKind::Queue, "801", "Sales", None),
            (EntityKind::Number, "+12025550110", "", None),
        ] {
            let input = EntityInput { digits: digits.into(), name: name.into(), user };
            ids.push(change.add_entity(kind, &input).await.unwrap());
        }
        change.commit().await.unwrap();
        ids.try_into().unwrap()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A row of Master.csv, of a call that was talked in for 90 seconds.
fn row(nth: usize) -> String {
    format!(
        r#""","+12125550{:03}","+12025550110","in","","PJSIP/carrier-1","PJSIP/201-2","Queue","801,t","2026-03-02 09:00:00","2026-03-02 09:00:05","2026-03-02 09:01:35",95,90,"ANSWERED","DOCUMENTATION","1772442000.{nth}","""#,
        100 + nth % 100
    )
}

fn rows(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, nth| {
        writeln!(text, "{}", row(nth)).unwrap();
        text
    })
}

#[tokio::test]
async fn calls_are_imported_and_matched_to_what_the_workspace_has() {
    let place = Place::new();
    let [extension, queue, number] = place.connect().await;
    let done = place.import(&place.file("Master.csv", rows(3)), &["--time-zone", "America/New_York"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(out(&done).contains("3 calls imported, 0 were there already."), "{}", out(&done));
    let calls = place.calls().await;
    let call = calls.first().unwrap();
    let raw = |id: Id| Some(i64::from(id.0));
    assert_eq!((call.to_extension, call.queue_id, call.number_id), (raw(extension), raw(queue), raw(number)));
    assert_eq!(
        (call.direction.as_str(), call.outcome.as_str(), call.talk_seconds),
        ("inbound", "answered", 90)
    );
    assert_eq!(call.started_at, 1_772_460_000_000_000, "09:00 in New York is 14:00 UTC");
}

#[tokio::test]
async fn importing_the_same_file_twice_brings_nothing_new() {
    let place = Place::new();
    let file = place.file("Master.csv", rows(30));
    place.import(&file, &[]);
    let again = place.import(&file, &[]);
    assert_eq!(again.status.code(), Some(0));
    assert!(out(&again).contains("0 calls imported, 30 were there already."), "{}", out(&again));
    assert_eq!(place.calls().await.len(), 30);
}

#[tokio::test]
async fn bad_rows_are_told_with_line_and_reason_and_the_rest_goes_in() {
    let place = Place::new();
    let huge = "x".repeat(3_000_000);
    let bad_time = row(7).replace("2026-03-02 09:00:00", "yesterday");
    let text = format!("{}\n\"\",\"201\n{}\n{huge}\n{bad_time}\n{}\n", row(1), row(2), row(3));
    let kept = place.folder.join("bad.csv");
    let done = place.import(&place.file("Master.csv", text), &["--bad-rows", kept.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(2), "{}", err(&done));
    assert!(out(&done).contains("3 calls imported"), "{}", out(&done));
    for line in ["line 2:", "line 4:", "line 5:"] {
        assert!(err(&done).contains(line), "{line} {}", err(&done));
    }
    let kept = std::fs::read_to_string(kept).unwrap();
    assert_eq!(kept.lines().count(), 4, "a header and three rows: {kept}");
    assert!(kept.contains("\n\"5\",") && kept.contains("yesterday"), "{kept}");
    assert_eq!(place.calls().await.len(), 3);
}

#[tokio::test]
async fn a_last_line_that_was_half_written_goes_in_once_it_is_whole() {
    let place = Place::new();
    let whole = rows(3);
    let half = place.import(&place.file("Master.csv", &whole[..whole.len() - 60]), &[]);
    assert_eq!(half.status.code(), Some(2), "{}", err(&half));
    assert!(err(&half).contains("line 3:"), "{}", err(&half));
    assert_eq!(place.calls().await.len(), 2);
    let then = place.import(&place.file("Master.csv", &whole), &[]);
    assert!(out(&then).contains("1 calls imported, 2 were there already."), "{}", out(&then));
    assert_eq!(place.calls().await.len(), 3);
}

#[tokio::test]
async fn a_file_that_is_no_csv_is_given_up_and_nothing_is_imported() {
    let place = Place::new();
    let mut zip = b"PK\x03\x04\x00\x00".to_vec();
    zip.extend((0..100_000_u32).map(|n| (n * 7 % 251) as u8));
    let prose = "This is a letter and holds no calls.\n".repeat(3_000);
    for (name, content) in [("calls.zip", zip), ("letter.csv", prose.into_bytes()), ("empty.csv", vec![])] {
        let file = place.file(name, content);
        for format in ["asterisk", "freeswitch", "csv"] {
            let done = place.run(&["import", "calls", &file, "--workspace", "acme", "--format", format]);
            let silent = name == "empty.csv" && format != "csv";
            assert_eq!(
                done.status.code(),
                Some(if silent { 0 } else { 1 }),
                "{name} {format}: {}",
                err(&done)
            );
            assert!(silent || err(&done).contains("ringfence: "), "{name} {format}: {}", err(&done));
        }
    }
    assert!(place.calls().await.is_empty());
}

#[tokio::test]
async fn a_csv_without_a_needed_column_names_it_and_those_that_there_are() {
    let place = Place::new();
    let file =
        place.file("export.csv", "When,Caller,Callee,Seconds\n2026-03-02T09:00:00Z,+12125550100,201,60\n");
    let csv = |more: &[&str]| {
        place.run(&[&["import", "calls", &file, "--workspace", "acme", "--format", "csv"][..], more].concat())
    };
    let refused = csv(&[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("started") && err(&refused).contains("\"When\""), "{}", err(&refused));
    let done = csv(&["--map", "started=When", "--map", "talk=Seconds"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(place.calls().await.len(), 1);
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let place = Place::new();
    let done = place.import(&place.file("Master.csv", rows(5)), &["--dry-run"]);
    assert!(out(&done).contains("5 calls could be imported; nothing was changed."), "{}", out(&done));
    assert!(place.calls().await.is_empty());
}

#[test]
fn a_wrong_option_is_refused_with_what_would_be_right() {
    let place = Place::new();
    let file = place.file("Master.csv", rows(1));
    for (more, says) in [
        (&["--time-zone", "Moon/Crater"][..], "Europe/Berlin"),
        (&["--country-code", "999"], "999"),
        (&["--map", "from=Caller"], "--format csv"),
        (&["--recordings", "/nowhere/at/all"], "/nowhere/at/all"),
        (&["--bad-rows", file.as_str()], "overwrite"),
    ] {
        let refused = place.import(&file, more);
        assert_eq!(refused.status.code(), Some(1), "{more:?}");
        assert!(err(&refused).contains(says), "{more:?}: {}", err(&refused));
    }
    let elsewhere = place.run(&["import", "calls", &file, "--workspace", "nobody", "--format", "asterisk"]);
    assert!(err(&elsewhere).contains("there is no workspace nobody"), "{}", err(&elsewhere));
    let absent = place.import("/nowhere.csv", &[]);
    assert!(err(&absent).contains("/nowhere.csv"), "{}", err(&absent));
}

#[tokio::test]
async fn an_import_that_was_killed_is_completed_by_running_it_again() {
    const ROWS: usize = 12_000;
    let place = Place::new();
    let text = rows(ROWS);
    let mut killed = place
        .command(&["import", "calls", "-", "--workspace", "acme", "--format", "asterisk"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // The rest never comes, so it is in the middle of its work when it dies.
    killed.stdin.as_mut().unwrap().write_all(&text.as_bytes()[..text.len() * 3 / 4]).unwrap();
    let began = Instant::now();
    while place.calls().await.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was imported");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let before = place.calls().await.len();
    assert!((1..ROWS).contains(&before), "{before}");
    let again = place.import(&place.file("Master.csv", &text), &[]);
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    let new = ROWS - before;
    assert!(
        out(&again).contains(&format!("{new} calls imported, {before} were there already.")),
        "{}",
        out(&again)
    );
    let calls = place.calls().await;
    let ids: std::collections::HashSet<&str> = calls.iter().map(|call| call.unique_id.as_str()).collect();
    assert_eq!((calls.len(), ids.len()), (ROWS, ROWS));
    assert!(out(&place.run(&["audit", "verify", "--workspace", "acme"])).contains("is whole"));
}

#[tokio::test]
async fn recordings_are_attached_also_to_calls_that_were_imported_before() {
    let place = Place::new();
    let file =
        place.file("Master.csv", rows(4) + &row(4).replace(",90,\"ANSWERED\"", ",0,\"NO ANSWER\"") + "\n");
    let wav = [b"RIFF\x24\x00\x00\x00WAVE".as_slice(), &[0; 32]].concat();
    place.file("audio/2026/03/in-1772442000.0.wav", &wav);
    place.import(&file, &["--recordings", place.folder.join("audio").to_str().unwrap()]);
    place.file("audio/2026/03/1772442000.1.wav", &wav);
    place.file("audio/2026/03/1772442000.2.wav", b"no sound at all");
    place.file("audio/2026/03/1772442000.4.wav", &wav);
    let again = place.import(&file, &["--recordings", place.folder.join("audio").to_str().unwrap()]);
    assert!(out(&again).contains("0 calls imported, 5 were there already."), "{}", out(&again));
    assert!(out(&again).contains("1 recordings attached, 1 not usable."), "{}", out(&again));
    let calls = place.calls().await;
    let recorded: Vec<(&str, &str)> = calls
        .iter()
        .filter_map(|c| Some((c.unique_id.split(':').next()?, c.recording.as_deref()?)))
        .collect();
    assert_eq!(recorded.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["1772442000.1", "1772442000.0"]);
    for (_, name) in recorded {
        assert_eq!(std::fs::read(recordings(&place).join(name)).unwrap(), wav);
    }
}

#[tokio::test]
async fn a_recording_that_somebody_deleted_does_not_come_back_with_the_next_import() {
    let place = Place::new();
    let file = place.file("Master.csv", rows(3));
    let wav = [b"RIFF\x24\x00\x00\x00WAVE".as_slice(), &[0; 32]].concat();
    for nth in 0..2 {
        place.file(&format!("audio/1772442000.{nth}.wav"), &wav);
    }
    let audio = place.folder.join("audio");
    let import = || place.import(&file, &["--recordings", audio.to_str().unwrap()]);
    import();
    let call =
        place.calls().await.into_iter().find(|call| call.unique_id.starts_with("1772442000.1")).unwrap();
    let store = place.store().await;
    let permit = Permit::<can::RecordingDelete>::operator(1, call.thing());
    let app = acts::App::new(store);
    let name = acts::calls::calls::delete_recording(&app, &permit, &Author::operator()).await.unwrap();
    std::fs::remove_file(recordings(&place).join(&name)).unwrap();
    let again = import();
    assert!(out(&again).contains("0 recordings attached"), "{}", out(&again));
    assert!(out(&again).contains("1 recordings left out"), "{}", out(&again));
    let kept: Vec<CallRow> =
        place.calls().await.into_iter().filter(|call| call.recording.is_some()).collect();
    assert_eq!(kept.len(), 1);
    assert!(!recordings(&place).join(&name).exists(), "the sound itself is gone as well");
}

fn recordings(place: &Place) -> PathBuf {
    Path::new(&place.folder).join("recordings").join("1")
}

#[tokio::test]
async fn the_audit_log_tells_of_the_import_and_its_check_tells_of_tampering() {
    let place = Place::new();
    place.import(&place.file("Master.csv", rows(2)), &[]);
    let store = place.store().await;
    let permit = Permit::<can::AuditRead>::operator(1, Thing::WORKSPACE);
    let slice = store::Slice::first(10);
    let page = store.audit(&permit, &store::change::audit::AuditFilter::default(), slice).await.unwrap();
    let entry = page.rows.first().unwrap();
    assert_eq!((entry.act.as_str(), entry.object.as_str()), ("call:import", "Master.csv"));
    assert!(entry.detail.contains("\"imported\":2"), "{}", entry.detail);
    let verify = || place.run(&["audit", "verify", "--workspace", "acme"]);
    assert_eq!(verify().status.code(), Some(0), "{}", err(&verify()));
    // What somebody with the file in their hands can do.
    let url = format!("sqlite://{}", place.folder.join("ringfence.db").display());
    let mut raw = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE audit SET object = 'Mister.csv' WHERE act = 'call:import'")
        .execute(&mut raw)
        .await
        .unwrap();
    let broken = verify();
    assert_eq!(broken.status.code(), Some(1), "{}", err(&broken));
    assert!(out(&broken).contains("is broken: entry 3"), "{} {}", out(&broken), err(&broken));
}
