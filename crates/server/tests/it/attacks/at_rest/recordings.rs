//! Recordings are copies of what was taken in, told apart from anything else that lies in their place.

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use reqwest::Method;
use testkit::{Company, TestCall, TestServer};

use super::{Machine, wav};

/// A company, a machine that runs commands beside it, and a folder with a call's record and sound.
struct Imported<'s> {
    company: Company<'s>,
    machine: Machine,
    source: Machine,
}

const CALLS: &str = "started,ended,from,to,id,status,talk\n2026-03-02T09:00:00Z,2026-03-02T09:01:00Z,+12025550143,201,1700000001.1,answered,50\n";

impl Imported<'_> {
    async fn into(server: &TestServer) -> Imported<'_> {
        let company = server.company("standard").await;
        let source = Machine::new();
        std::fs::create_dir_all(&source.data).unwrap();
        std::fs::write(source.data.join("calls.csv"), CALLS).unwrap();
        std::fs::write(source.data.join("1700000001.1.wav"), wav("as it was said")).unwrap();
        let imported = Imported { company, machine: Machine::of(&server.database), source };
        imported.again("1 recordings attached");
        imported
    }

    fn again(&self, says: &str) {
        let (calls, sounds, slug) = (self.source.path("calls.csv"), self.source.path(""), &self.company.slug);
        let import =
            ["import", "calls", &calls, "--workspace", slug, "--format", "csv", "--recordings", &sounds];
        self.machine.run(&import).expect(0, &[says]);
    }

    fn kept(&self) -> PathBuf {
        let folder = self.company.server.data().join("recordings").join(self.company.id.to_string());
        folder.join("csv-1700000001.1.wav")
    }

    async fn call(&self) -> i64 {
        let calls = self.company.owner.client.get("/api/v1/calls").await.expect(200);
        calls.items()[0]["id"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn what_becomes_of_the_source_of_a_recording_changes_nothing_here_and_the_other_way_round() {
    let server = TestServer::start().await;
    let imported = Imported::into(&server).await;
    let (source, kept) = (imported.source.data.join("1700000001.1.wav"), imported.kept());
    let sound = || async {
        let path = format!("/api/v1/calls/{}/recording", imported.call().await);
        imported.company.owner.client.get(&path).await.expect(200).text
    };
    assert_eq!(std::fs::metadata(&kept).unwrap().nlink(), 1, "no other name leads to it");
    std::fs::write(&source, wav("something else")).unwrap();
    assert!(sound().await.ends_with("as it was said"));
    imported.again("0 recordings attached");
    std::fs::write(&source, "").unwrap();
    std::fs::remove_file(&source).unwrap();
    assert!(sound().await.ends_with("as it was said"));
    std::fs::write(&source, wav("again")).unwrap();
    let path = format!("/api/v1/calls/{}/recording", imported.call().await);
    imported.company.owner.client.delete(&path).await.expect(204);
    assert!(!kept.exists() && source.exists());
    imported.again("1 recordings left out");
    assert!(!kept.exists());
}

#[tokio::test]
async fn a_recording_that_is_another_than_was_taken_in_is_told() {
    let server = TestServer::start().await;
    let imported = Imported::into(&server).await;
    let verify = || imported.machine.run(&["recordings", "verify"]);
    verify().expect(0, &["1 are as they were taken in, 0 are not"]);
    std::fs::write(imported.kept(), wav("as it was sayd")).unwrap();
    verify().expect(1, &["csv-1700000001.1.wav is another than was taken in", "1 are not"]);
    std::fs::remove_file(imported.kept()).unwrap();
    verify().expect(1, &["csv-1700000001.1.wav is missing"]);
    std::os::unix::fs::symlink("/etc/passwd", imported.kept()).unwrap();
    verify().expect(1, &["csv-1700000001.1.wav cannot be read"]);
    verify().expect(1, &["0 are as they were taken in"]);
}

#[tokio::test]
async fn a_link_or_anything_but_a_plain_file_in_a_recordings_place_is_as_if_it_were_not_there() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let call =
        company.call(TestCall { user: Some(company.owner.id), recorded: true, ..TestCall::default() }).await;
    let folder = server.data().join("recordings").join(company.id.to_string());
    let outside = server.data().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("secret.wav"), wav("not for you")).unwrap();
    std::fs::write(folder.join("good.wav"), wav("for you")).unwrap();
    std::os::unix::fs::symlink(outside.join("secret.wav"), folder.join("link.wav")).unwrap();
    std::os::unix::fs::symlink("good.wav", folder.join("inner.wav")).unwrap();
    std::os::unix::fs::symlink(&outside, folder.join("sub")).unwrap();
    std::fs::create_dir(folder.join("folder.wav")).unwrap();
    let pipe = folder.join("pipe.wav");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = format!("/api/v1/calls/{call}/recording");
    let owner = &company.owner.client;
    let with = async |file: &str| {
        server.database.tamper(&format!("UPDATE calls SET recording = '{file}' WHERE id = {call}")).await;
        owner.get(&path).await
    };
    with("good.wav").await.expect(200);
    let absent = with("nothing.wav").await.expect(404);
    for file in
        ["link.wav", "inner.wav", "sub/secret.wav", "folder.wav", "pipe.wav", "../../outside/secret.wav"]
    {
        let refused = with(file).await.expect(404);
        assert_eq!(refused.text, absent.text, "{file}");
    }
    with("link.wav").await;
    owner.delete(&path).await.expect(204);
    assert!(!folder.join("link.wav").exists() && outside.join("secret.wav").exists());
    // The folder itself, put somewhere else.
    std::fs::rename(&folder, server.data().join("moved")).unwrap();
    std::os::unix::fs::symlink(server.data().join("moved"), &folder).unwrap();
    with("good.wav").await.expect(404);
}

#[tokio::test]
async fn a_recording_is_served_whole_or_in_the_part_that_is_asked_for() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let call =
        company.call(TestCall { user: Some(company.owner.id), recorded: true, ..TestCall::default() }).await;
    let (client, path) = (&company.owner.client, format!("/api/v1/calls/{call}/recording"));
    let whole = client.get(&path).await.expect(200);
    let length = whole.text.len();
    assert_eq!(whole.headers["content-length"], length.to_string());
    assert_eq!(
        (&whole.headers["accept-ranges"], &whole.headers["content-type"]),
        (&"bytes".parse().unwrap(), &"audio/wav".parse().unwrap())
    );
    for (range, status, says, is) in [
        ("bytes=0-3", 206, Some(format!("bytes 0-3/{length}")), &whole.text[..4]),
        ("bytes=8-", 206, Some(format!("bytes 8-{}/{length}", length - 1)), &whole.text[8..]),
        (
            "bytes=-4",
            206,
            Some(format!("bytes {}-{}/{length}", length - 4, length - 1)),
            &whole.text[length - 4..],
        ),
        ("bytes=2-9999", 206, Some(format!("bytes 2-{}/{length}", length - 1)), &whole.text[2..]),
        ("bytes=9999-", 416, Some(format!("bytes */{length}")), ""),
        ("bytes=0-1,4-5", 200, None, &whole.text[..]),
        ("pages=1-2", 200, None, &whole.text[..]),
        ("bytes=5-2", 416, Some(format!("bytes */{length}")), ""),
    ] {
        let part = client.send(client.request(Method::GET, &path).header("range", range)).await;
        assert_eq!((part.status, part.text.as_str()), (status, is), "{range}");
        let told = part.headers.get("content-range").map(|told| told.to_str().unwrap().to_owned());
        assert_eq!(told, says, "{range}");
    }
}
