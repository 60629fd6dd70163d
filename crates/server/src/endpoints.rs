//! The table of everything that can be called. The router, OpenAPI, the menus and the refusal sweep are made from it.

use access::{Noun, can};
use axum::http::Method;

use crate::endpoint::Endpoint;
use crate::{console, live, rest};

macro_rules! endpoints {
    (@one $method:ident $path:literal open $why:literal $act:path, $summary:literal) => {
        Endpoint::open((Method::$method, $path, $summary), $why, $act)
    };
    (@one $method:ident $path:literal signed_in $act:path, $summary:literal) => {
        Endpoint::signed_in((Method::$method, $path, $summary), $act)
    };
    (@one $method:ident $path:literal may $right:ident $act:path, $summary:literal) => {
        Endpoint::may::<can::$right, _, _, _, _>((Method::$method, $path, $summary), $act)
    };
    (@one $method:ident $path:literal list $right:ident $act:path, $summary:literal) => {
        Endpoint::list::<can::$right, _, _, _, _>((Method::$method, $path, $summary), $act)
    };
    (@one $method:ident $path:literal on $noun:ident $right:ident $act:path, $summary:literal) => {
        Endpoint::on::<can::$right, _, _, _, _>((Method::$method, $path, $summary), Noun::$noun, $act)
    };
    ($($method:ident $path:literal $asks:ident($($argument:tt)*) $act:path, $summary:literal;)+) => {
        vec![$(endpoints!(@one $method $path $asks $($argument)* $act, $summary)),+]
    };
}

/// Every endpoint. `open` says why anybody may call it; `signed_in` is about the caller alone; `may` asks for a
/// permission on the workspace; `list` for one at any reach; `on` for one on the thing that the path names.
pub fn all() -> Vec<Endpoint> {
    endpoints! {
        GET  "/healthz"                    open("says only whether the server works") rest::health::show, "Whether the server and its database answer.";
        GET  "/assets/{*file}"             open("files of the console, the same for everybody") console::assets::show, "A file of the console.";

        POST "/api/v1/sessions"            open("how one comes to be somebody") rest::sessions::create, "Sign in with an email address and a password; the answer's token is a bearer token.";
        DELETE "/api/v1/sessions/current"  signed_in() rest::sessions::end, "Sign out: end the session whose token is sent.";
        GET  "/api/v1/users"               list(UserRead) rest::users::list, "The users that you may see.";
        POST "/api/v1/users"               may(UserInvite) rest::users::invite, "Add a user.";
        GET  "/api/v1/users/{user}"        on(User UserRead) rest::users::show, "One user.";
        PATCH "/api/v1/users/{user}"       on(User UserUpdate) rest::users::update, "Edit a user's record.";
        DELETE "/api/v1/users/{user}"      on(User UserDelete) rest::users::delete, "Delete a user.";
        PUT  "/api/v1/users/{user}/role"   on(User UserAssignRole) rest::users::assign_role, "Give a user another role.";
        PUT  "/api/v1/users/{user}/ban"    on(User UserBan) rest::users::ban, "Ban a user: every session ends, assignments stay.";
        DELETE "/api/v1/users/{user}/ban"  on(User UserBan) rest::users::unban, "Lift a ban.";
        POST "/api/v1/users/{user}/password" on(User UserResetCredentials) rest::users::reset_password, "Set a one-time password, answered once, and end every session.";

        GET  "/"                           open("leads to a workspace's own sign-in page") console::sign_in::start, "Choose a workspace.";
        GET  "/w/{slug}/sign-in"           open("how one comes to be somebody") console::sign_in::show, "The sign-in page.";
        POST "/w/{slug}/sign-in"           open("how one comes to be somebody") console::sign_in::submit, "Sign in.";
        POST "/w/{slug}/sign-in/demo"      open("demo workspaces only, whose people are made up") console::sign_in::as_demo_user, "Sign in as somebody of the demo.";
        POST "/w/{slug}/sign-out"          signed_in() console::sign_in::sign_out, "Sign out.";
        GET  "/w/{slug}/live"              signed_in() live::stream, "What changes, as server-sent events.";
        GET  "/w/{slug}"                   signed_in() console::home::show, "The start page.";
        GET  "/w/{slug}/users"             list(UserRead) console::users::list, "The users that one may see.";
        GET  "/w/{slug}/users/new"         may(UserInvite) console::users::new, "The form that adds a user.";
        POST "/w/{slug}/users"             may(UserInvite) console::users::create, "Add a user.";
        GET  "/w/{slug}/users/{user}"      on(User UserRead) console::user::show, "One user: what they may do and why, and what is set for them.";
        GET  "/w/{slug}/users/{user}/record" on(User UserRead) console::user_record::show, "One user's record.";
        POST "/w/{slug}/users/{user}/record" on(User UserUpdate) console::user_record::save, "Edit a user's record.";
        POST "/w/{slug}/users/{user}/ban"  on(User UserBan) console::user_record::ban, "Ban a user.";
        POST "/w/{slug}/users/{user}/unban" on(User UserBan) console::user_record::unban, "Lift a ban.";
        POST "/w/{slug}/users/{user}/password" on(User UserResetCredentials) console::user_record::reset_password, "Reset a password and show the new one once.";
        POST "/w/{slug}/users/{user}/delete" on(User UserDelete) console::user_record::delete, "Delete a user.";
        POST "/w/{slug}/users/{user}/role" on(User UserAssignRole) console::user_access::set_role, "Give a user another role.";
        POST "/w/{slug}/users/{user}/toggles" on(User UserSetAccess) console::user_access::set_toggles, "Set a user's toggles.";
        POST "/w/{slug}/users/{user}/grants" on(User UserSetAccess) console::user_access::set_grant, "Grant an extension, queue or number to a user.";
        POST "/w/{slug}/users/{user}/grants/{entity}/remove" on(User UserSetAccess) console::user_access::remove_grant, "Withdraw a grant.";
        POST "/w/{slug}/users/{user}/leads" on(User UserSetAccess) console::user_access::set_leads, "Set which units a user leads.";
        POST "/w/{slug}/users/{user}/temporary" on(User UserSetAccess) console::user_access::give_temporary, "Give a user a permission for a while.";
        POST "/w/{slug}/users/{user}/temporary/{temporary}/end" on(User UserSetAccess) console::user_access::end_temporary, "End access that was given for a while.";
        GET  "/w/{slug}/roles"             may(RoleRead) console::roles::list, "Every role.";
        POST "/w/{slug}/roles"             may(RoleWrite) console::roles::create, "Create a role, empty or as another one is.";
        GET  "/w/{slug}/roles/{role}"      on(Role RoleRead) console::roles::show, "One role as a matrix.";
        POST "/w/{slug}/roles/{role}"      on(Role RoleWrite) console::roles::save, "Change what a custom role holds.";
        POST "/w/{slug}/roles/{role}/name" on(Role RoleWrite) console::roles::rename, "Rename a custom role.";
        POST "/w/{slug}/roles/{role}/delete" on(Role RoleDelete) console::roles::delete, "Delete a custom role.";
        GET  "/w/{slug}/departments"       may(DepartmentRead) console::units::list, "Every department.";
        POST "/w/{slug}/departments"       may(DepartmentWrite) console::units::create, "Add a department.";
        GET  "/w/{slug}/departments/{department}" on(Department DepartmentRead) console::units::show, "One department with its people.";
        POST "/w/{slug}/departments/{department}" on(Department DepartmentWrite) console::units::rename, "Rename a department.";
        POST "/w/{slug}/departments/{department}/delete" on(Department DepartmentDelete) console::units::delete, "Delete a department that nobody belongs to or leads.";
        GET  "/w/{slug}/branches"          may(BranchRead) console::units::list, "Every branch.";
        POST "/w/{slug}/branches"          may(BranchWrite) console::units::create, "Add a branch.";
        GET  "/w/{slug}/branches/{branch}" on(Branch BranchRead) console::units::show, "One branch with its people.";
        POST "/w/{slug}/branches/{branch}" on(Branch BranchWrite) console::units::rename, "Rename a branch.";
        POST "/w/{slug}/branches/{branch}/delete" on(Branch BranchDelete) console::units::delete, "Delete a branch that nobody belongs to or leads.";
        GET  "/w/{slug}/profile"           signed_in() console::profile::show, "One's own record, access and sessions.";
        POST "/w/{slug}/profile"           signed_in() console::profile::save, "Save one's own name and phone number.";
        POST "/w/{slug}/profile/password"  signed_in() console::profile::change_password, "Change one's own password.";
        POST "/w/{slug}/profile/sessions/end" signed_in() console::profile::end_other_sessions, "End one's other sessions.";
        POST "/w/{slug}/profile/sessions/{session}/end" signed_in() console::profile::end_session, "End one of one's own sessions.";
        GET  "/w/{slug}/calls"             list(CallRecordRead) console::calls::list, "The call log.";
        GET  "/w/{slug}/calls.csv"         list(CallRecordExport) console::calls::export, "The call log as a file.";
        GET  "/w/{slug}/calls/{call}"      on(Call CallRecordRead) console::call::show, "One call.";
        GET  "/w/{slug}/calls/{call}/recording" on(Call RecordingListen) console::call::listen, "A call's recording, to play.";
        GET  "/w/{slug}/calls/{call}/download" on(Call RecordingDownload) console::call::download, "A call's recording, to save.";
        POST "/w/{slug}/calls/{call}/recording/delete" on(Call RecordingDelete) console::call::delete_recording, "Delete a call's recording.";
        GET  "/w/{slug}/numbers" list(NumberRead) console::entities::list, "The numbers that you may see.";
        POST "/w/{slug}/numbers" may(NumberPurchase) console::entities::add, "Add a number.";
        GET  "/w/{slug}/numbers/{number}" on(Number NumberRead) console::entity::show, "One number.";
        POST "/w/{slug}/numbers/{number}" on(Number NumberUpdate) console::entity::edit, "Edit a number.";
        POST "/w/{slug}/numbers/{number}/delete" on(Number NumberRelease) console::entity::delete, "Delete a number.";
        POST "/w/{slug}/numbers/{number}/holders" on(Number NumberAssign) console::entity::assign_number, "Assign a number.";
        POST "/w/{slug}/numbers/{number}/holders/{user}/remove" on(Number NumberAssign) console::entity::unassign_number, "Take a number back.";
        GET  "/w/{slug}/extensions" list(ExtensionRead) console::entities::list, "The extensions that you may see.";
        POST "/w/{slug}/extensions" may(ExtensionWrite) console::entities::add, "Add an extension.";
        GET  "/w/{slug}/extensions/{extension}" on(Extension ExtensionRead) console::entity::show, "One extension.";
        POST "/w/{slug}/extensions/{extension}" on(Extension ExtensionWrite) console::entity::edit, "Edit an extension.";
        POST "/w/{slug}/extensions/{extension}/delete" on(Extension ExtensionDelete) console::entity::delete, "Delete an extension.";
        POST "/w/{slug}/extensions/{extension}/holders" list(UserSetAccess) console::entity::give_extension, "Give an extension to somebody whose access you may set.";
        POST "/w/{slug}/extensions/{extension}/holders/{user}/remove" on(User UserSetAccess) console::entity::take_extension, "Take an extension back.";
        GET  "/w/{slug}/queues" list(QueueRead) console::entities::list, "The queues that you may see.";
        POST "/w/{slug}/queues" may(QueueWrite) console::entities::add, "Add a queue.";
        GET  "/w/{slug}/queues/{queue}" on(Queue QueueRead) console::entity::show, "One queue.";
        POST "/w/{slug}/queues/{queue}" on(Queue QueueWrite) console::entity::edit, "Edit a queue.";
        POST "/w/{slug}/queues/{queue}/delete" on(Queue QueueDelete) console::entity::delete, "Delete a queue.";
        POST "/w/{slug}/queues/{queue}/holders" list(UserSetAccess) console::entity::give_queue, "Give a queue to somebody whose access you may set.";
        POST "/w/{slug}/queues/{queue}/holders/{user}/remove" on(User UserSetAccess) console::entity::take_queue, "Take a queue back.";
        GET  "/w/{slug}/why"               list(AccessExplain) console::why::show, "Why, who and what: any decision taken apart.";
        GET  "/w/{slug}/audit"             may(AuditRead) console::audit::list, "The audit log.";
        POST "/w/{slug}/audit/verify"      may(AuditExport) console::audit::verify, "Verify the audit log.";
        GET  "/w/{slug}/tokens"            may(ApiTokenRead) console::tokens::list, "The API tokens.";
        POST "/w/{slug}/tokens"            may(ApiTokenWrite) console::tokens::create, "Create an API token; its secret is shown this once.";
        POST "/w/{slug}/tokens/{api_token}/revoke" on(Token ApiTokenWrite) console::tokens::revoke, "Revoke an API token.";
        GET  "/w/{slug}/settings"          may(SettingsRead) console::settings::show, "The workspace's settings.";
        POST "/w/{slug}/settings"          may(SettingsUpdate) console::settings::update, "Change time zone and country.";
        POST "/w/{slug}/settings/name"     may(WorkspaceRename) console::settings::rename, "Rename the workspace.";
        POST "/w/{slug}/settings/recording" may(AutoRecordUpdate) console::settings::set_auto_record, "Switch automatic recording on or off.";
        POST "/w/{slug}/settings/plan"     may(BillingCommit) console::settings::change_plan, "Move to another plan.";
        POST "/w/{slug}/settings/owner"    may(WorkspaceTransfer) console::settings::transfer, "Hand ownership to an Admin.";
    }
}
