//! Departments and branches over REST. Which of the two is in the type of the permit.

use access::{Permit, Visible, can};
use acts::people::several::BulkDone;
use acts::people::units::{
    self, DeleteUnit, DeletesUnits, ReadsUnits, UnitName, UnitPeople, UnitView, WritesUnits,
};
use acts::rights::leaders;
use acts::{List, Refusal};

use web::input::{Body, Query};
use web::output::{Created, Done, Json};
use web::request::Request;

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

/// Deletes one, with a place for its people.
pub async fn delete<R: DeletesUnits>(
    request: Request,
    permit: Permit<R>,
    Query(how): Query<DeleteUnit>,
) -> Result<Done, Refusal> {
    units::delete(&request.server.app, &permit, &request.author(), how).await.map(|()| Done)
}

/// Moves people into it and out of it.
pub async fn change_members(
    request: Request,
    visible: Visible<can::UserRead>,
    Body(edit): Body<UnitPeople>,
) -> Result<Json<BulkDone>, Refusal> {
    let unit = request.unit()?;
    units::change_members(&request.server.app, &visible, &request.author(), unit, &edit).await.map(Json)
}

/// Sets who leads it.
pub async fn change_leaders(
    request: Request,
    visible: Visible<can::UserRead>,
    Body(edit): Body<UnitPeople>,
) -> Result<Json<BulkDone>, Refusal> {
    let unit = request.unit()?;
    leaders::change(&request.server.app, &visible, &request.author(), unit, &edit).await.map(Json)
}
