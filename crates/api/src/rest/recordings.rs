//! Recordings over REST: heard, downloaded, deleted, each by a right of its own (ALL-08). The console hears and
//! downloads them in the same way.

use access::{Permit, can};
use acts::Refusal;
use acts::calls::calls;

use web::output::{Audio, Done};
use web::recordings::{self, Purpose};
use web::request::Request;

/// The sound, to be played.
pub async fn listen(request: Request, permit: Permit<can::RecordingListen>, _: ()) -> Result<Audio, Refusal> {
    let file = calls::recording_path(&request.server.app, &permit).await?;
    recordings::serve(&request, &file, Purpose::Listen).await.map(Audio)
}

/// The sound, as a file to keep.
pub async fn download(
    request: Request,
    permit: Permit<can::RecordingDownload>,
    _: (),
) -> Result<Audio, Refusal> {
    let file = calls::recording_path(&request.server.app, &permit).await?;
    recordings::serve(&request, &file, Purpose::Download).await.map(Audio)
}

/// Deletes the recording; the call stays.
pub async fn delete(request: Request, permit: Permit<can::RecordingDelete>, _: ()) -> Result<Done, Refusal> {
    let file = calls::delete_recording(&request.server.app, &permit, &request.author()).await?;
    recordings::remove(&request, &file).await.map(|()| Done)
}
