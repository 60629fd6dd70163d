//! The writing half of an import: each batch in a change of its own, so that a break loses at most one.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::{Permit, Thing, can};
use acts::App;
use serde_json::json;
use store::Author;
use store::calls::calls::Attached;
use store::change::audit::Act;
use tokio::sync::mpsc;

use super::audio;
use super::read::Batch;
use super::report::Report;
use crate::Error;

/// Left free between two batches, so that a server beside this import gets to write: on SQLite whoever waits for
/// the lock looks for it every few milliseconds only.
const PAUSE: Duration = Duration::from_millis(3);

/// Where batches go.
pub struct Writer<'a> {
    /// The database.
    pub app: &'a App,
    /// The workspace.
    pub workspace: i64,
    /// What wrote the file.
    pub format: &'static str,
    /// What the audit log calls the file.
    pub file: String,
    /// The folder of the workspace's recordings, where some are to be attached.
    pub recordings: Option<PathBuf>,
    /// Whether nothing is to be changed.
    pub dry_run: bool,
}

impl Writer<'_> {
    /// Writes batches as they come, to the end or until somebody stops it.
    pub async fn write(&self, mut batches: mpsc::Receiver<Batch>, report: &mut Report) -> Result<(), Error> {
        let stopped = watch_for_stop();
        while let Some(mut batch) = batches.recv().await {
            if stopped.load(Ordering::Relaxed) {
                return Err("stopped. What was imported stays; run the same command again to go on.".into());
            }
            report.read(&batch)?;
            if !self.dry_run && !batch.calls.is_empty() {
                self.keep(&mut batch, report).await?;
                tokio::time::sleep(PAUSE).await;
            }
            report.progress();
            if let Some(stop) = batch.stop {
                return Err(format!("{}: gave up: {stop}", self.file).into());
            }
        }
        Ok(())
    }

    async fn keep(&self, batch: &mut Batch, report: &mut Report) -> Result<(), Error> {
        let permit = Permit::<can::IntegrationWrite>::operator(self.workspace, Thing::WORKSPACE);
        if let Some(folder) = &self.recordings {
            self.leave_out(&permit, batch, report).await?;
            let (folder, source, mut taken) = (folder.clone(), self.format, std::mem::take(batch));
            let done = tokio::task::spawn_blocking(move || {
                audio::take_in(&mut taken, source, &folder).map(|unused| (taken, unused))
            });
            let (taken, unused) = done.await??;
            *batch = taken;
            report.unused_audio(&unused);
        }
        let (mut change, _) = self.app.store.begin(&permit, &Author::operator()).await?;
        let imported = change.add_calls(&batch.calls).await?;
        let known = batch.calls.len() as u64 - imported;
        let recorded = batch.calls.iter().filter_map(|call| Some((call, call.recording.as_ref()?)));
        let mut attached = if known == 0 { recorded.clone().count() as u64 } else { 0 };
        if known > 0 {
            // Which of them are new is not told; those that are have their recording already.
            for (call, recording) in recorded {
                match change.attach_recording(call.source, &call.unique_id, recording).await? {
                    Attached::Yes => attached += 1,
                    Attached::Already => {}
                    Attached::Deleted => {
                        self.drop_again(&recording.file)?;
                        report.deleted += 1;
                    }
                }
            }
        }
        report.imported += imported;
        report.known += known;
        report.attached += attached;
        if imported + attached == 0 {
            return Ok(());
        }
        let detail = json!({
            "format": self.format,
            "lines": { "from": batch.first_line, "to": batch.last_line },
            "imported": imported,
            "skipped": known,
            "bad": batch.bad.len(),
            "recordings": attached,
        });
        change.record(Act::done("call:import", "workspace", 0, self.file.as_str()).with(detail));
        Ok(change.commit().await?)
    }
}

impl Writer<'_> {
    /// Leaves out the sound of calls that have a recording here, or had one that somebody deleted.
    async fn leave_out(
        &self,
        permit: &Permit<can::IntegrationWrite>,
        batch: &mut Batch,
        report: &mut Report,
    ) -> Result<(), Error> {
        let sound = std::mem::take(&mut batch.audio);
        let id = |place: usize| batch.calls.get(place).map_or("", |call| call.unique_id.as_str());
        let ids: Vec<&str> = sound.iter().map(|(place, _)| id(*place)).collect();
        let known = self.app.store.recorded_among(permit, self.format, &ids).await?;
        report.deleted +=
            sound.iter().filter(|(place, _)| known.get(id(*place)) == Some(&true)).count() as u64;
        let sound = sound.into_iter().filter(|(place, _)| !known.contains_key(id(*place))).collect();
        batch.audio = sound;
        Ok(())
    }

    /// Deletes the file that was taken in for a call whose recording somebody deleted here.
    fn drop_again(&self, file: &str) -> Result<(), Error> {
        let Some(folder) = &self.recordings else { return Ok(()) };
        let file = folder.join(file);
        Ok(std::fs::remove_file(&file).map_err(|e| format!("cannot delete {}: {e}", file.display()))?)
    }
}

/// Notices Ctrl-C: the first ends the import after the batch that is being written, the second at once.
fn watch_for_stop() -> Arc<AtomicBool> {
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = stopped.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
            eprintln!("\nstopping after this batch; press Ctrl-C again to stop at once");
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    stopped
}
