//! Departments and branches over REST. Which of the two is in the type of the permit.

use access::Permit;
use workspace::units::{self, DeletesUnits, ReadsUnits, UnitName, UnitView, WritesUnits};
use workspace::{List, Refusal};

use crate::input::Body;
use crate::output::{Created, Done, Json};
use crate::request::Request;

/// Every one of them.
pub async fn list<R: ReadsUnits>(
    request: Request,
    permit: Permit<R>,
    _: (),
) -> Result<Json<List<UnitView>>, Refusal> {
    units::list(&request.server.app, &permit).await.map(Json)
}

/// One of them.
pub async fn show<R: ReadsUnits>(
    request: Request,
    permit: Permit<R>,
    _: (),
) -> Result<Json<UnitView>, Refusal> {
    units::show(&request.server.app, &permit).await.map(Json)
}

/// Creates one.
pub async fn create<R: WritesUnits>(
    request: Request,
    permit: Permit<R>,
    Body(new): Body<UnitName>,
) -> Result<Created<UnitView>, Refusal> {
    units::create(&request.server.app, &permit, &request.author(), new).await.map(Created)
}

/// Renames one.
pub async fn rename<R: WritesUnits>(
    request: Request,
    permit: Permit<R>,
    Body(new): Body<UnitName>,
) -> Result<Json<UnitView>, Refusal> {
    units::rename(&request.server.app, &permit, &request.author(), new).await.map(Json)
}

/// Deletes one that nobody belongs to or leads.
pub async fn delete<R: DeletesUnits>(request: Request, permit: Permit<R>, _: ()) -> Result<Done, Refusal> {
    units::delete(&request.server.app, &permit, &request.author()).await.map(|()| Done)
}
