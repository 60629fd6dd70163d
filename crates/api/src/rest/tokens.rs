//! API tokens over REST.

use access::{Permit, can};
use acts::entry::tokens::{self, CreatedToken, NewApiToken, TokenView};
use acts::{List, Refusal};

use web::input::Body;
use web::output::{Created, Done, Json};
use web::request::Request;

/// Every token.
pub async fn list(
    request: Request,
    permit: Permit<can::ApiTokenRead>,
    _: (),
) -> Result<Json<List<TokenView>>, Refusal> {
    tokens::list(&request.server.app, &permit).await.map(Json)
}

/// Makes a token for oneself.
pub async fn create(
    request: Request,
    permit: Permit<can::ApiTokenWrite>,
    Body(new): Body<NewApiToken>,
) -> Result<Created<CreatedToken>, Refusal> {
    let until = request.token_end();
    let password = new.password.clone();
    let (app, confirmation) = (&request.server.app, request.confirmation(password.as_deref()));
    tokens::create(app, &permit, &request.author(), new, until, &confirmation).await.map(Created)
}

/// Revokes a token.
pub async fn revoke(request: Request, permit: Permit<can::ApiTokenWrite>, _: ()) -> Result<Done, Refusal> {
    tokens::revoke(&request.server.app, &permit, &request.author()).await.map(|()| Done)
}
