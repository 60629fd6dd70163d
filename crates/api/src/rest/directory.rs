//! The directory over REST.

use access::{Permit, can};
use acts::people::directory::{self, DirectoryEntry};
use acts::{List, Refusal};

use web::output::Json;
use web::request::Request;

/// Who is there and on which extensions.
pub async fn list(
    request: Request,
    permit: Permit<can::DirectoryRead>,
    _: (),
) -> Result<Json<List<DirectoryEntry>>, Refusal> {
    directory::list(&request.server.app, &permit).await.map(Json)
}
