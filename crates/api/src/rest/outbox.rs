//! The outbox over REST.

use access::{Visible, can};
use acts::office::outbox::{self, MailView};
use acts::{List, Refusal};

use web::input::{Everything, Paged};
use web::output::Json;
use web::request::Request;

/// Mails, the newest first.
pub async fn list(
    request: Request,
    visible: Visible<can::UserInvite>,
    query: Paged<Everything>,
) -> Result<Json<List<MailView>>, Refusal> {
    let address = request.base_url();
    let (app, author) = (&request.server.app, request.author());
    outbox::list(app, &visible, &author, query.slice()?, request.post(&address)).await.map(Json)
}

/// Tries a mail again.
pub async fn retry(
    request: Request,
    visible: Visible<can::UserInvite>,
    _: (),
) -> Result<Json<MailView>, Refusal> {
    let (address, mail) = (request.base_url(), request.id("mail")?.0);
    let (app, author) = (&request.server.app, request.author());
    outbox::retry(app, &visible, &author, mail, request.post(&address)).await.map(Json)
}
