//! API tokens over REST.

use access::{Permit, can};
use workspace::tokens::{self, CreatedToken, NewApiToken, TokenView};
use workspace::{List, Refusal};

use crate::input::Body;
use crate::output::{Created, Done, Json};
use crate::request::Request;

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
    tokens::create(&request.server.app, &permit, &request.author(), new, until).await.map(Created)
}

/// Revokes a token.
pub async fn revoke(request: Request, permit: Permit<can::ApiTokenWrite>, _: ()) -> Result<Done, Refusal> {
    tokens::revoke(&request.server.app, &permit, &request.author()).await.map(|()| Done)
}
