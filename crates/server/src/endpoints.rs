//! The table of everything that can be called. The router, OpenAPI, the menus and the refusal sweep are made from it.

use access::{Noun, can};
use axum::http::Method;

use crate::endpoint::Endpoint;
use crate::rates::Rate;
use crate::{authzen, console, live, openapi, rest};

macro_rules! endpoints {
    (@one $method:ident $path:literal open $why:literal $act:path, $summary:literal) => {
        Endpoint::open((Method::$method, $path, $summary), $why, $act)
    };
    (@one $method:ident $path:literal signed_in $act:path, $summary:literal) => {
        Endpoint::signed_in((Method::$method, $path, $summary), $act)
    };
    (@one $method:ident $path:literal signed_in anyway $act:path, $summary:literal) => {
        Endpoint::signed_in((Method::$method, $path, $summary), $act).anyway()
    };
    (@one $method:ident $path:literal own_secret $act:path, $summary:literal) => {
        Endpoint::own_secret((Method::$method, $path, $summary), $act)
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
    ($($method:ident $path:literal $asks:ident($($argument:tt)*) $act:path, $summary:literal $(, $rate:ident)?;)+) => {
        vec![$(endpoints!(@one $method $path $asks $($argument)* $act, $summary)$(.at(Rate::$rate))?),+]
    };
}

/// Every endpoint. `open` says why anybody may call it; `signed_in` is about the caller alone; `may` asks for a
/// permission on the workspace; `list` for one at any reach; `on` for one on the thing that the path names. A session that
/// a temporary password or PIN opened reaches only `open`, `anyway` and `own_secret`, which sets another one.
/// Behind the summary stands the rate, where it is not the usual one of its kind.
pub fn all() -> Vec<Endpoint> {
    endpoints! {
        GET  "/healthz"                    open("says only whether the server works") rest::health::show, "Whether the server and its database answer.", Free;
        GET  "/assets/{*file}"             open("files of the console, the same for everybody") console::shell::assets::show, "A file of the console.", Free;

        POST "/api/v1/sessions"            open("how one comes to be somebody") rest::sessions::create, "Sign in with an email address and a password; the answer's token is a bearer token.";
        POST "/api/v1/sessions/pin"        open("how one comes to be somebody") rest::sessions::create_with_pin, "Sign in with a phone number and a PIN.";
        DELETE "/api/v1/sessions/current"  signed_in(anyway) rest::sessions::end, "Sign out: end the session whose token is sent.";
        GET  "/api/v1/openapi.json"        open("describes the API and says nothing of any workspace") openapi::show, "This description of the API, as OpenAPI 3.1.";
        GET  "/api/v1/permissions"         signed_in() rest::permissions::list, "The permission catalogue.";
        GET  "/api/v1/me"                  signed_in(anyway) rest::profile::show, "Who you are and what you may do.";
        PATCH "/api/v1/me"                 may(ProfileUpdate) rest::profile::update, "Edit your own record.";
        PUT  "/api/v1/me/password"         own_secret() rest::profile::change_password, "Change your own password; your other sessions end, and with `revoke_tokens` your API tokens. A temporary one is replaced without a permission.";
        PUT  "/api/v1/me/pin"              own_secret() rest::profile::set_pin, "Set your own PIN, with your present password. A temporary one is replaced without either.";
        GET  "/api/v1/me/caller-id"        signed_in() rest::calling::own, "The number that your calls show, and those that you may choose among.";
        PUT  "/api/v1/me/caller-id"        may(ProfileUpdate) rest::calling::choose, "Choose the number that your calls show, or null for the one granted first.";
        GET  "/api/v1/me/sessions"         signed_in() rest::profile::sessions, "Your own sessions.";
        DELETE "/api/v1/me/sessions"       signed_in() rest::profile::end_other_sessions, "End all of your own sessions but the one that asks, and with `revoke_tokens=true` your API tokens.";
        DELETE "/api/v1/me/sessions/{session}" signed_in() rest::profile::end_session, "End one of your own sessions.";
        POST "/api/v1/undo/{undo}"         signed_in() rest::undo::undo, "Undo a change of access that you made, by the receipt in its answer's Ringfence-Undo header.";
        POST "/api/v1/me/elevate"          signed_in() rest::profile::elevate, "Type your password in a session that a PIN opened: for a quarter of an hour it may administer.";
        GET  "/api/v1/me/tokens"           signed_in() rest::profile::tokens, "Your own API tokens.";
        DELETE "/api/v1/me/tokens/{api_token}" signed_in() rest::profile::revoke_token, "Revoke one of your own API tokens.";
        GET  "/api/v1/me/devices"          signed_in() rest::profile::devices, "The browsers and phones that you signed in on.";
        DELETE "/api/v1/me/devices/{device}" signed_in() rest::profile::forget_device, "Forget one of them: from now on it is a stranger's.";
        GET  "/api/v1/directory"           may(DirectoryRead) rest::directory::list, "Your colleagues and their extensions.";
        GET  "/api/v1/workspace"           may(SettingsRead) rest::settings::show, "The workspace's settings.";
        PATCH "/api/v1/workspace"          may(SettingsUpdate) rest::settings::update, "Change the time zone, the country, the language or how many digits PINs have.";
        PUT  "/api/v1/workspace/name"      may(WorkspaceRename) rest::settings::rename, "Rename the workspace.";
        PUT  "/api/v1/workspace/auto-record" may(AutoRecordUpdate) rest::settings::set_auto_record, "Switch automatic recording on or off.";
        GET  "/api/v1/workspace/plan"      may(BillingRead) rest::plan::show, "The plan, what another one would add or take, and the seats.";
        PUT  "/api/v1/workspace/plan"      may(BillingCommit) rest::plan::update, "Move to another plan, whose lacks are off for everybody at once, or buy another number of seats.";
        GET  "/api/v1/workspace/licences"  may(LicenseRead) rest::plan::licences, "The licences and the numbers that they carry.";
        PUT  "/api/v1/workspace/licences"  may(LicenseUpdate) rest::plan::update_licences, "Buy another number of licences.";
        POST "/api/v1/workspace/transfer"  may(WorkspaceTransfer) rest::settings::transfer, "Hand ownership to an Admin; you become Admin.";

        GET  "/api/v1/users"               list(UserRead) rest::users::list, "The users that you may see.";
        POST "/api/v1/users"               list(UserInvite) rest::users::invite, "Add a user, to the workspace or to the units that you lead.";
        POST "/api/v1/users/bulk"          list(UserRead) rest::users::bulk, "Change several users at once, all or none; each asks for the permission of the change.", Costly;
        POST "/api/v1/users/import"        list(UserInvite) rest::users::import, "Add and edit people from a CSV file; the answer says what became of each row, and with `try=true` what would.", Costly;
        GET  "/api/v1/users/export"        list(UserRead) rest::users::export, "The users that you may see, as CSV.", Costly;
        GET  "/api/v1/users/{user}"        on(User UserRead) rest::users::show, "One user.";
        PATCH "/api/v1/users/{user}"       on(User UserUpdate) rest::users::update, "Edit a user's record.";
        DELETE "/api/v1/users/{user}"      on(User UserDelete) rest::users::delete, "Delete a user.";
        PUT  "/api/v1/users/{user}/role"   on(User UserAssignRole) rest::users::assign_role, "Give a user another role.";
        PUT  "/api/v1/users/{user}/ban"    on(User UserBan) rest::users::ban, "Ban a user: every session ends, assignments stay.";
        DELETE "/api/v1/users/{user}/ban"  on(User UserBan) rest::users::unban, "Lift a ban.";
        POST "/api/v1/users/{user}/password" on(User UserResetCredentials) rest::users::reset_password, "Set a temporary password, answered once, end every session, revoke every API token and take the PIN away.";
        POST "/api/v1/users/{user}/invitation" on(User UserInvite) rest::users::invite_again, "Invite somebody again who has not come yet; the earlier link is no longer good.";
        DELETE "/api/v1/users/{user}/invitation" on(User UserInvite) rest::users::withdraw_invitation, "Withdraw an invitation: its link is no longer good.";
        POST "/api/v1/users/{user}/pin"    on(User UserResetCredentials) rest::users::reset_pin, "Set or make a temporary PIN, answered once, end every session and revoke every API token.";
        GET  "/api/v1/users/{user}/access" on(User AccessExplain) rest::user_access::effective, "Every permission of a user, held or not, with what gives and takes it.";
        GET  "/api/v1/users/{user}/toggles" on(User UserRead) rest::user_access::toggles, "Every toggle as it stands for a user.";
        PUT  "/api/v1/users/{user}/toggles/{toggle}" on(User UserSetAccess) rest::user_access::set_toggle, "Set a toggle for a user: inherit, allow or deny.";
        GET  "/api/v1/users/{user}/grants" on(User UserRead) rest::user_access::grants, "The extensions, queues and numbers given to a user.";
        PUT  "/api/v1/users/{user}/grants/{entity}" on(User UserSetAccess) rest::user_access::set_grant, "Give a user an extension, queue or number, in place of what they had on it.";
        DELETE "/api/v1/users/{user}/grants/{entity}" on(User UserSetAccess) rest::user_access::remove_grant, "Take an extension, queue or number back from a user.";
        GET  "/api/v1/users/{user}/caller-id" on(User UserRead) rest::calling::of_user, "The number that a user's calls show, and why.";
        PUT  "/api/v1/users/{user}/caller-id" on(User UserSetAccess) rest::calling::preset, "Preset the number that a user's calls show while none is granted to them.";
        GET  "/api/v1/users/{user}/line"   on(User AccessExplain) rest::calling::line, "Whether a call of a user would go out, on which extension and with which number, and why.";
        PUT  "/api/v1/users/{user}/leads"  on(User UserSetAccess) rest::user_access::set_leads, "Set which departments and branches a user leads.";
        GET  "/api/v1/users/{user}/temporary" on(User UserRead) rest::user_access::temporary, "What a user has for a while.";
        POST "/api/v1/users/{user}/temporary" on(User UserSetAccess) rest::user_access::give_temporary, "Give a user permissions for a while.";
        PATCH "/api/v1/users/{user}/temporary/{temporary}" on(User UserSetAccess) rest::user_access::extend_temporary, "Give what was given for a while another end.";
        DELETE "/api/v1/users/{user}/temporary/{temporary}" on(User UserSetAccess) rest::user_access::end_temporary, "End what was given for a while.";

        GET  "/api/v1/me/access-requests"  signed_in() rest::access_requests::own, "What you asked for, and what became of it.";
        GET  "/api/v1/access-requests"     list(AccessRequestDecide) rest::access_requests::list, "The requests for access that you may decide, newest first.";
        POST "/api/v1/access-requests"     may(AccessRequestCreate) rest::access_requests::create, "Ask for permissions or a role.";
        GET  "/api/v1/access-requests/{access_request}" list(AccessRequestDecide) rest::access_requests::show, "One request for access.";
        POST "/api/v1/access-requests/{access_request}/grant" list(AccessRequestDecide) rest::access_requests::grant, "Give what was asked for, or less, for a while; or a toggle or role instead.";
        POST "/api/v1/access-requests/{access_request}/decline" list(AccessRequestDecide) rest::access_requests::decline, "Decline a request for access.";
        POST "/api/v1/access-requests/{access_request}/pass" list(AccessRequestDecide) rest::access_requests::pass, "Ask somebody who can give it to decide a request.";
        POST "/api/v1/access-requests/{access_request}/withdraw" may(AccessRequestCreate) rest::access_requests::withdraw, "Take your own request back.";

        GET  "/api/v1/reviews"             may(AccessReview) rest::reviews::list, "The reviews of access, newest first.";
        POST "/api/v1/reviews"             may(AccessReview) rest::reviews::start, "Start a review of a role's, department's or branch's people.";
        GET  "/api/v1/reviews/{review}"    may(AccessReview) rest::reviews::show, "One review.";
        GET  "/api/v1/reviews/{review}/lines" may(AccessReview) rest::reviews::lines, "The lines of a review: each thing that each person in it has, with its last use.";
        GET  "/api/v1/reviews/{review}/lines.csv" may(AccessReview) rest::reviews::csv, "The lines of a review, as CSV.", Costly;
        PUT  "/api/v1/reviews/{review}/lines/{line}" may(AccessReview) rest::reviews::decide, "Decide a line: keep, remove, or undecided again.";
        POST "/api/v1/reviews/{review}/remove-marked" may(AccessReview) rest::reviews::remove_marked, "Decide to remove what is marked as unused and not decided yet.";
        POST "/api/v1/reviews/{review}/close" may(AccessReview) rest::reviews::close, "Close a review: take away what was decided to be removed, as far as you may.", Costly;
        GET  "/api/v1/unused-permissions"  may(AccessReview) rest::reviews::unused, "Permissions that people hold and have not used for so many days.";
        GET  "/api/v1/permission-uses"     may(AccessReview) rest::reviews::by_permission, "How many people hold each permission, and how many of them do not use it.";

        GET  "/api/v1/roles"               may(RoleRead) rest::roles::list, "Every role with what it holds.";
        POST "/api/v1/roles"               may(RoleWrite) rest::roles::create, "Create a custom role.";
        GET  "/api/v1/roles/{role}"        on(Role RoleRead) rest::roles::show, "One role.";
        PATCH "/api/v1/roles/{role}"       on(Role RoleWrite) rest::roles::update, "Edit a custom role.";
        DELETE "/api/v1/roles/{role}"      on(Role RoleDelete) rest::roles::delete, "Delete a custom role; its holders get the role in `move_to`.";
        PUT  "/api/v1/roles/{role}/default" on(Role RoleWrite) rest::roles::set_default, "Make a role the one that new people get unless another is chosen.";
        POST "/api/v1/roles/{role}/clone"  on(Role RoleWrite) rest::roles::clone, "Create a custom role that begins as this one is.";
        GET  "/api/v1/toggles"             may(RoleRead) rest::toggles::list, "Every toggle with what it holds and for whom it is set.";
        POST "/api/v1/toggles"             may(RoleWrite) rest::toggles::create, "Define a toggle.";
        GET  "/api/v1/toggles/{toggle}"    may(RoleRead) rest::toggles::show, "One toggle.";
        PATCH "/api/v1/toggles/{toggle}"   may(RoleWrite) rest::toggles::update, "Edit a toggle of the workspace's own; it holds at once for everybody for whom it is set.";
        DELETE "/api/v1/toggles/{toggle}"  may(RoleDelete) rest::toggles::delete, "Delete a toggle of the workspace's own, with every setting of it.";
        POST "/api/v1/toggles/{toggle}/clone" may(RoleWrite) rest::toggles::clone, "Define a toggle that begins as this one is.";
        GET  "/api/v1/compare"             signed_in() rest::compare::show, "Two roles or people whose access you may ask about, side by side.";
        GET  "/api/v1/departments"         may(DepartmentRead) rest::units::list, "Every department.";
        POST "/api/v1/departments"         may(DepartmentWrite) rest::units::create, "Create a department.";
        GET  "/api/v1/departments/{department}" on(Department DepartmentRead) rest::units::show, "One department.";
        PATCH "/api/v1/departments/{department}" on(Department DepartmentWrite) rest::units::rename, "Rename a department.";
        DELETE "/api/v1/departments/{department}" on(Department DepartmentDelete) rest::units::delete, "Delete a department; its people go where `move_to` says.";
        POST "/api/v1/departments/{department}/people" list(UserRead) rest::units::change_members, "Move people into a department and out of it; asks for user:update on each.";
        POST "/api/v1/departments/{department}/leaders" list(UserRead) rest::units::change_leaders, "Let people lead a department, or no longer; asks for user:set_access on each.";
        GET  "/api/v1/branches"            may(BranchRead) rest::units::list, "Every branch.";
        POST "/api/v1/branches"            may(BranchWrite) rest::units::create, "Create a branch.";
        GET  "/api/v1/branches/{branch}"   on(Branch BranchRead) rest::units::show, "One branch.";
        PATCH "/api/v1/branches/{branch}"  on(Branch BranchWrite) rest::units::rename, "Rename a branch.";
        DELETE "/api/v1/branches/{branch}" on(Branch BranchDelete) rest::units::delete, "Delete a branch; its people go where `move_to` says.";
        POST "/api/v1/branches/{branch}/people" list(UserRead) rest::units::change_members, "Move people into a branch and out of it; asks for user:update on each.";
        POST "/api/v1/branches/{branch}/leaders" list(UserRead) rest::units::change_leaders, "Let people lead a branch, or no longer; asks for user:set_access on each.";

        GET  "/api/v1/extensions"          list(ExtensionRead) rest::entities::list, "The extensions that you may see.";
        POST "/api/v1/extensions"          may(ExtensionWrite) rest::entities::create, "Add an extension.";
        GET  "/api/v1/extensions/{extension}" on(Extension ExtensionRead) rest::entities::show, "One extension.";
        PATCH "/api/v1/extensions/{extension}" on(Extension ExtensionWrite) rest::entities::update, "Edit an extension.";
        DELETE "/api/v1/extensions/{extension}" on(Extension ExtensionDelete) rest::entities::delete, "Delete an extension with the grants on it.";
        GET  "/api/v1/queues"              list(QueueRead) rest::entities::list, "The queues that you may see.";
        POST "/api/v1/queues"              may(QueueWrite) rest::entities::create, "Add a queue.";
        GET  "/api/v1/queues/{queue}"      on(Queue QueueRead) rest::entities::show, "One queue.";
        PATCH "/api/v1/queues/{queue}"     on(Queue QueueWrite) rest::entities::update, "Edit a queue.";
        DELETE "/api/v1/queues/{queue}"    on(Queue QueueDelete) rest::entities::delete, "Delete a queue with the grants on it.";
        GET  "/api/v1/numbers"             list(NumberRead) rest::entities::list, "The numbers that you may see.";
        POST "/api/v1/numbers"             may(NumberPurchase) rest::entities::create, "Add a number.";
        GET  "/api/v1/numbers/{number}"    on(Number NumberRead) rest::entities::show, "One number.";
        PATCH "/api/v1/numbers/{number}"   on(Number NumberUpdate) rest::entities::update, "Edit a number.";
        DELETE "/api/v1/numbers/{number}"  on(Number NumberRelease) rest::entities::delete, "Release a number with the grants on it.";
        PUT  "/api/v1/numbers/{number}/users/{user}" on(Number NumberAssign) rest::entities::assign, "Give a number to a user.";
        DELETE "/api/v1/numbers/{number}/users/{user}" on(Number NumberAssign) rest::entities::unassign, "Take a number back from a user.";

        GET  "/api/v1/calls"               list(CallRecordRead) rest::calls::list, "The calls that you may see, newest first.";
        GET  "/api/v1/calls/export"        list(CallRecordExport) rest::calls::export, "The calls that you may export, as CSV.", Costly;
        GET  "/api/v1/calls/{call}"        on(Call CallRecordRead) rest::calls::show, "One call.";
        GET  "/api/v1/calls/{call}/recording" on(Call RecordingListen) rest::recordings::listen, "The recording of a call, whole or in part (Range).";
        GET  "/api/v1/calls/{call}/recording/download" on(Call RecordingDownload) rest::recordings::download, "The recording of a call, as a file to keep.";
        DELETE "/api/v1/calls/{call}/recording" on(Call RecordingDelete) rest::recordings::delete, "Delete the recording of a call.";

        GET  "/api/v1/tokens"              may(ApiTokenRead) rest::tokens::list, "Every API token of the workspace.";
        POST "/api/v1/tokens"              may(ApiTokenWrite) rest::tokens::create, "Make an API token for yourself; its secret is answered this once.";
        DELETE "/api/v1/tokens/{api_token}" on(Token ApiTokenWrite) rest::tokens::revoke, "Revoke an API token.";
        GET  "/api/v1/outbox"              list(UserInvite) rest::outbox::list, "The mails to people whom you may invite, newest first.";
        POST "/api/v1/outbox/{mail}/retry" list(UserInvite) rest::outbox::retry, "Try a mail again that could not be sent.";
        GET  "/api/v1/audit"               may(AuditRead) rest::audit::list, "The audit log, newest first.";
        GET  "/api/v1/audit.csv"           may(AuditExport) rest::audit::export_csv, "The audit log, or the entries that fit, as CSV.", Costly;
        GET  "/api/v1/audit.jsonl"         may(AuditExport) rest::audit::export_lines, "The audit log, or the entries that fit, one JSON object a line.", Costly;
        GET  "/api/v1/audit/verify"        may(AuditExport) rest::audit::verify, "Walk the whole audit log and say whether anything was altered.", Costly;
        GET  "/api/v1/why"                 list(AccessExplain) rest::explain::why, "Why a user may or may not do something.";
        GET  "/api/v1/who"                 list(AccessExplain) rest::explain::who, "Everybody who may do something, and through what.";
        GET  "/api/v1/what"                list(AccessExplain) rest::explain::what, "All that a user may do, with the reasons, and what they may see.";

        GET  "/.well-known/authzen-configuration/w/{slug}" open("says where to ask, and that the workspace is there, as its sign-in page does") authzen::configuration, "Where the workspace's AuthZEN decision point is.";
        POST "/w/{slug}/access/v1/evaluation" list(AccessExplain) authzen::evaluation, "Answer one AuthZEN question about somebody whose access you may explain.";
        POST "/w/{slug}/access/v1/evaluations" list(AccessExplain) authzen::evaluations, "Answer many AuthZEN questions.";

        GET  "/"                           open("leads to a workspace's own sign-in page") console::entry::sign_in::start, "Choose a workspace.";
        GET  "/w/{slug}/sign-in"           open("how one comes to be somebody") console::entry::sign_in::show, "The sign-in page.";
        POST "/w/{slug}/sign-in"           open("how one comes to be somebody") console::entry::sign_in::submit, "Sign in.";
        GET  "/w/{slug}/welcome/{secret}"  open("whoever has the link was invited") console::entry::links::welcome, "The page of an invitation.";
        POST "/w/{slug}/welcome/{secret}"  open("whoever has the link was invited") console::entry::links::accept, "Set one's first password and sign in.";
        GET  "/w/{slug}/forgot"            open("people who cannot sign in come here") console::entry::links::forgot, "The page for a forgotten password.";
        POST "/w/{slug}/forgot"            open("answers everybody alike") console::entry::links::ask, "Send a link that sets another password, if there is somebody to send it to.";
        GET  "/w/{slug}/reset/{secret}"    open("whoever has the link got the mail") console::entry::links::reset, "The page of a link that sets another password.";
        POST "/w/{slug}/reset/{secret}"    open("whoever has the link got the mail") console::entry::links::set_password, "Set another password.";
        GET  "/w/{slug}/mobile"            open("how one comes to be somebody") console::entry::mobile::show, "The sign-in page for phones.";
        POST "/w/{slug}/mobile"            open("how one comes to be somebody") console::entry::mobile::submit, "Sign in with a phone number and a PIN.";
        POST "/w/{slug}/sign-in/demo"      open("demo workspaces only, whose people are made up") console::entry::sign_in::as_demo_user, "Sign in as somebody of the demo.";
        POST "/w/{slug}/sign-out"          signed_in(anyway) console::entry::sign_in::sign_out, "Sign out.";
        GET  "/w/{slug}/own-secret"        signed_in(anyway) console::entry::own_secret::show, "The page on which a temporary password or PIN is replaced.";
        POST "/w/{slug}/own-secret"        signed_in(anyway) console::entry::own_secret::replace, "Replace the temporary password or PIN that one signed in with.";
        POST "/w/{slug}/undo/{undo}"       signed_in() console::shell::foresight::undo, "Undo a change of access of one's own.";
        GET  "/w/{slug}/live"              signed_in() live::stream, "What changes, as server-sent events.";
        GET  "/w/{slug}"                   signed_in() console::shell::home::show, "The start page.";
        GET  "/w/{slug}/users"             list(UserRead) console::people::users::list, "The users that one may see.";
        GET  "/w/{slug}/users/new"         list(UserInvite) console::people::users::new, "The form that adds a user.";
        POST "/w/{slug}/users"             list(UserInvite) console::people::users::create, "Add a user.";
        GET  "/w/{slug}/users.csv"         list(UserRead) console::people::file::export, "The users that one may see, as a file.", Costly;
        GET  "/w/{slug}/users/import"      list(UserInvite) console::people::file::show, "The form that takes a file of people.";
        POST "/w/{slug}/users/import"      list(UserInvite) console::people::file::import, "Show what a file of people would do, or do it.", Costly;
        POST "/w/{slug}/users/import/failed" list(UserInvite) console::people::file::failed, "The rows of a file of people that cannot be done, to be mended.", Costly;
        GET  "/w/{slug}/users/bulk"        list(UserRead) console::rights::bulk::show, "Who was chosen on the list of users, and what can be done to them.";
        POST "/w/{slug}/users/bulk"        list(UserRead) console::rights::bulk::apply, "Change several users at once, all or none.", Costly;
        GET  "/w/{slug}/users/{user}"      on(User UserRead) console::people::user::show, "One user: what they may do and why, and what is set for them.";
        GET  "/w/{slug}/users/{user}/record" on(User UserRead) console::people::user_record::show, "One user's record.";
        POST "/w/{slug}/users/{user}/record" on(User UserUpdate) console::people::user_record::save, "Edit a user's record.";
        POST "/w/{slug}/users/{user}/ban"  on(User UserBan) console::people::user_record::ban, "Ban a user.";
        POST "/w/{slug}/users/{user}/unban" on(User UserBan) console::people::user_record::unban, "Lift a ban.";
        POST "/w/{slug}/users/{user}/password" on(User UserResetCredentials) console::people::user_record::reset_password, "Reset a password and show the new one once.";
        POST "/w/{slug}/users/{user}/invitation" on(User UserInvite) console::people::user_record::invite_again, "Invite somebody again who has not come yet.";
        POST "/w/{slug}/users/{user}/invitation/withdraw" on(User UserInvite) console::people::user_record::withdraw_invitation, "Withdraw an invitation.";
        POST "/w/{slug}/users/{user}/pin"  on(User UserResetCredentials) console::people::user_record::reset_pin, "Make a new PIN and show it once.";
        POST "/w/{slug}/users/{user}/delete" on(User UserDelete) console::people::user_record::delete, "Delete a user.";
        POST "/w/{slug}/users/{user}/role" on(User UserAssignRole) console::rights::user_access::set_role, "Give a user another role.";
        POST "/w/{slug}/users/{user}/toggles" on(User UserSetAccess) console::rights::user_access::set_toggles, "Set a user's toggles.";
        POST "/w/{slug}/users/{user}/grants" on(User UserSetAccess) console::rights::user_access::set_grant, "Grant an extension, queue or number to a user.";
        POST "/w/{slug}/users/{user}/grants/{entity}/extend" on(User UserSetAccess) console::rights::user_access::extend_grant, "Prolong a grant that has an end.";
        POST "/w/{slug}/users/{user}/grants/{entity}/remove" on(User UserSetAccess) console::rights::user_access::remove_grant, "Withdraw a grant.";
        POST "/w/{slug}/users/{user}/caller-id" on(User UserSetAccess) console::lines::calling::preset, "Set a user's default caller ID.";
        POST "/w/{slug}/users/{user}/leads" on(User UserSetAccess) console::rights::user_access::set_leads, "Set which units a user leads.";
        POST "/w/{slug}/users/{user}/temporary" on(User UserSetAccess) console::rights::user_access::give_temporary, "Give a user a permission for a while.";
        POST "/w/{slug}/users/{user}/temporary/{temporary}/extend" on(User UserSetAccess) console::rights::user_access::extend_temporary, "Prolong access that was given for a while.";
        POST "/w/{slug}/users/{user}/temporary/{temporary}/end" on(User UserSetAccess) console::rights::user_access::end_temporary, "End access that was given for a while.";
        GET  "/w/{slug}/requests"          list(AccessRequestDecide) console::rights::access_requests::list, "The requests for access that one may decide.";
        GET  "/w/{slug}/requests/new"      may(AccessRequestCreate) console::rights::ask::show, "The form that asks for access.";
        POST "/w/{slug}/requests"          may(AccessRequestCreate) console::rights::ask::create, "Ask for access.";
        GET  "/w/{slug}/requests/{access_request}" list(AccessRequestDecide) console::rights::access_requests::show, "One request, with what can be given.";
        POST "/w/{slug}/requests/{access_request}/grant" list(AccessRequestDecide) console::rights::access_requests::grant, "Grant a request.";
        POST "/w/{slug}/requests/{access_request}/decline" list(AccessRequestDecide) console::rights::access_requests::decline, "Decline a request.";
        POST "/w/{slug}/requests/{access_request}/pass" list(AccessRequestDecide) console::rights::access_requests::pass, "Ask somebody else to decide a request.";
        POST "/w/{slug}/requests/{access_request}/withdraw" may(AccessRequestCreate) console::rights::ask::withdraw, "Take one's own request back.";
        GET  "/w/{slug}/reviews"           may(AccessReview) console::rights::reviews::list, "The reviews of access.";
        POST "/w/{slug}/reviews"           may(AccessReview) console::rights::reviews::start, "Start a review.";
        GET  "/w/{slug}/reviews/unused"    may(AccessReview) console::rights::uses::show, "Permissions that nobody uses, or that one person does not use.";
        GET  "/w/{slug}/reviews/{review}"  may(AccessReview) console::rights::review::show, "One review, line by line.";
        GET  "/w/{slug}/reviews/{review}/lines.csv" may(AccessReview) console::rights::review::csv, "A review as a file.", Costly;
        POST "/w/{slug}/reviews/{review}/lines" may(AccessReview) console::rights::review::decide, "Decide a line of a review.";
        POST "/w/{slug}/reviews/{review}/remove-marked" may(AccessReview) console::rights::review::remove_marked, "Decide to remove what is marked.";
        POST "/w/{slug}/reviews/{review}/close" may(AccessReview) console::rights::review::close, "Close a review.", Costly;
        POST "/w/{slug}/users/{user}/view-as" on(User AccessExplain) console::rights::view_as::start, "See the workspace as a user would, read-only.";
        POST "/w/{slug}/view-as/end"       signed_in() console::rights::view_as::end, "Stop seeing the workspace as somebody else.";
        GET  "/w/{slug}/roles"             may(RoleRead) console::rights::roles::list, "Every role.";
        POST "/w/{slug}/roles"             may(RoleWrite) console::rights::roles::create, "Create a role, empty or as another one is.";
        GET  "/w/{slug}/roles/{role}"      on(Role RoleRead) console::rights::role::show, "One role as a matrix.";
        POST "/w/{slug}/roles/{role}"      on(Role RoleWrite) console::rights::role::save, "Change what a custom role holds.";
        POST "/w/{slug}/roles/{role}/name" on(Role RoleWrite) console::rights::role::rename, "Rename a custom role.";
        POST "/w/{slug}/roles/{role}/default" on(Role RoleWrite) console::rights::role::set_default, "Make a role the one that new people get.";
        POST "/w/{slug}/roles/{role}/delete" on(Role RoleDelete) console::rights::role::delete, "Delete a custom role.";
        GET  "/w/{slug}/compare"           signed_in() console::rights::compare::show, "Two roles or people whose access one may ask about, side by side.";
        GET  "/w/{slug}/toggles"           may(RoleRead) console::rights::toggles::list, "Every toggle.";
        POST "/w/{slug}/toggles"           may(RoleWrite) console::rights::toggles::create, "Define a toggle, empty or as another one is.";
        GET  "/w/{slug}/toggles/{toggle}"  may(RoleRead) console::rights::toggles::show, "One toggle as a matrix, and for whom it is set.";
        POST "/w/{slug}/toggles/{toggle}"  may(RoleWrite) console::rights::toggles::save, "Change what a toggle of the workspace's own holds.";
        POST "/w/{slug}/toggles/{toggle}/name" may(RoleWrite) console::rights::toggles::rename, "Rename a toggle of the workspace's own.";
        POST "/w/{slug}/toggles/{toggle}/delete" may(RoleDelete) console::rights::toggles::delete, "Delete a toggle of the workspace's own.";
        GET  "/w/{slug}/departments"       may(DepartmentRead) console::people::units::list, "Every department.";
        POST "/w/{slug}/departments"       may(DepartmentWrite) console::people::units::create, "Add a department.";
        GET  "/w/{slug}/departments/{department}" on(Department DepartmentRead) console::people::unit::show, "One department with its people.";
        POST "/w/{slug}/departments/{department}" on(Department DepartmentWrite) console::people::unit::rename, "Rename a department.";
        POST "/w/{slug}/departments/{department}/delete" on(Department DepartmentDelete) console::people::unit::delete, "Delete a department, with a place for its people.";
        GET  "/w/{slug}/departments/{department}/add" on(Department DepartmentRead) console::people::unit::add, "The people who could be moved into a department.";
        POST "/w/{slug}/departments/{department}/people" list(UserRead) console::people::unit::change_members, "Move people into a department and out of it.";
        POST "/w/{slug}/departments/{department}/leaders" list(UserRead) console::people::unit::change_leaders, "Let people lead a department, or no longer.";
        GET  "/w/{slug}/branches"          may(BranchRead) console::people::units::list, "Every branch.";
        POST "/w/{slug}/branches"          may(BranchWrite) console::people::units::create, "Add a branch.";
        GET  "/w/{slug}/branches/{branch}" on(Branch BranchRead) console::people::unit::show, "One branch with its people.";
        POST "/w/{slug}/branches/{branch}" on(Branch BranchWrite) console::people::unit::rename, "Rename a branch.";
        POST "/w/{slug}/branches/{branch}/delete" on(Branch BranchDelete) console::people::unit::delete, "Delete a branch, with a place for its people.";
        GET  "/w/{slug}/branches/{branch}/add" on(Branch BranchRead) console::people::unit::add, "The people who could be moved into a branch.";
        POST "/w/{slug}/branches/{branch}/people" list(UserRead) console::people::unit::change_members, "Move people into a branch and out of it.";
        POST "/w/{slug}/branches/{branch}/leaders" list(UserRead) console::people::unit::change_leaders, "Let people lead a branch, or no longer.";
        GET  "/w/{slug}/profile"           signed_in() console::people::profile::show, "One's own record, access and sessions.";
        POST "/w/{slug}/profile"           may(ProfileUpdate) console::people::profile::save, "Save one's own name and phone number.";
        POST "/w/{slug}/profile/password"  may(ProfileUpdate) console::people::profile::change_password, "Change one's own password.";
        POST "/w/{slug}/profile/caller-id" may(ProfileUpdate) console::lines::calling::choose, "Choose one's own caller ID.";
        POST "/w/{slug}/profile/pin"       may(ProfileUpdate) console::people::profile::set_pin, "Set one's own PIN.";
        GET  "/w/{slug}/elevate"           signed_in() console::entry::elevation::show, "The form for the password, in a session that a PIN opened.";
        POST "/w/{slug}/elevate"           signed_in() console::entry::elevation::submit, "Type the password in a session that a PIN opened.";
        POST "/w/{slug}/profile/tokens/{api_token}/revoke" signed_in() console::people::profile::revoke_token, "Revoke one of one's own API tokens.";
        POST "/w/{slug}/profile/devices/{device}/forget" signed_in() console::people::profile::forget_device, "Forget one of one's own devices.";
        POST "/w/{slug}/profile/sessions/end" signed_in() console::people::profile::end_other_sessions, "End one's other sessions.";
        POST "/w/{slug}/profile/sessions/{session}/end" signed_in() console::people::profile::end_session, "End one of one's own sessions.";
        GET  "/w/{slug}/calls"             list(CallRecordRead) console::calls::calls::list, "The call log.";
        GET  "/w/{slug}/calls.csv"         list(CallRecordExport) console::calls::calls::export, "The call log as a file.", Costly;
        GET  "/w/{slug}/calls/{call}"      on(Call CallRecordRead) console::calls::call::show, "One call.";
        GET  "/w/{slug}/calls/{call}/recording" on(Call RecordingListen) rest::recordings::listen, "A call's recording, to play.";
        GET  "/w/{slug}/calls/{call}/download" on(Call RecordingDownload) rest::recordings::download, "A call's recording, to save.";
        POST "/w/{slug}/calls/{call}/recording/delete" on(Call RecordingDelete) console::calls::call::delete_recording, "Delete a call's recording.";
        GET  "/w/{slug}/numbers" list(NumberRead) console::lines::entities::list, "The numbers that you may see.";
        POST "/w/{slug}/numbers" may(NumberPurchase) console::lines::entities::add, "Add a number.";
        GET  "/w/{slug}/numbers/{number}" on(Number NumberRead) console::lines::entity::show, "One number.";
        POST "/w/{slug}/numbers/{number}" on(Number NumberUpdate) console::lines::entity::edit, "Edit a number.";
        POST "/w/{slug}/numbers/{number}/delete" on(Number NumberRelease) console::lines::entity::delete, "Delete a number.";
        POST "/w/{slug}/numbers/{number}/holders" on(Number NumberAssign) console::lines::entity::assign_number, "Assign a number.";
        POST "/w/{slug}/numbers/{number}/holders/{user}/remove" on(Number NumberAssign) console::lines::entity::unassign_number, "Take a number back.";
        GET  "/w/{slug}/extensions" list(ExtensionRead) console::lines::entities::list, "The extensions that you may see.";
        POST "/w/{slug}/extensions" may(ExtensionWrite) console::lines::entities::add, "Add an extension.";
        GET  "/w/{slug}/extensions/{extension}" on(Extension ExtensionRead) console::lines::entity::show, "One extension.";
        POST "/w/{slug}/extensions/{extension}" on(Extension ExtensionWrite) console::lines::entity::edit, "Edit an extension.";
        POST "/w/{slug}/extensions/{extension}/delete" on(Extension ExtensionDelete) console::lines::entity::delete, "Delete an extension.";
        POST "/w/{slug}/extensions/{extension}/holders" list(UserSetAccess) console::lines::entity::give_extension, "Give an extension to somebody whose access you may set.";
        POST "/w/{slug}/extensions/{extension}/holders/{user}/remove" on(User UserSetAccess) console::lines::entity::take_extension, "Take an extension back.";
        GET  "/w/{slug}/queues" list(QueueRead) console::lines::entities::list, "The queues that you may see.";
        POST "/w/{slug}/queues" may(QueueWrite) console::lines::entities::add, "Add a queue.";
        GET  "/w/{slug}/queues/{queue}" on(Queue QueueRead) console::lines::entity::show, "One queue.";
        POST "/w/{slug}/queues/{queue}" on(Queue QueueWrite) console::lines::entity::edit, "Edit a queue.";
        POST "/w/{slug}/queues/{queue}/delete" on(Queue QueueDelete) console::lines::entity::delete, "Delete a queue.";
        POST "/w/{slug}/queues/{queue}/holders" list(UserSetAccess) console::lines::entity::give_queue, "Give a queue to somebody whose access you may set.";
        POST "/w/{slug}/queues/{queue}/holders/{user}/remove" on(User UserSetAccess) console::lines::entity::take_queue, "Take a queue back.";
        GET  "/w/{slug}/why"               list(AccessExplain) console::rights::explain::show, "Why, who and what: any decision taken apart.";
        GET  "/w/{slug}/who.csv"           list(AccessExplain) console::rights::explain::who_csv, "Who may do something, as CSV.", Costly;
        GET  "/w/{slug}/audit"             may(AuditRead) console::office::audit::list, "The audit log.";
        GET  "/w/{slug}/audit.csv"         may(AuditExport) console::office::audit::export_csv, "The audit log, or the entries that fit, as CSV.", Costly;
        GET  "/w/{slug}/audit.jsonl"       may(AuditExport) console::office::audit::export_lines, "The audit log, or the entries that fit, one JSON object a line.", Costly;
        POST "/w/{slug}/audit/verify"      may(AuditExport) console::office::audit::verify, "Verify the audit log.", Costly;
        GET  "/w/{slug}/tokens"            may(ApiTokenRead) console::entry::tokens::list, "The API tokens.";
        POST "/w/{slug}/tokens"            may(ApiTokenWrite) console::entry::tokens::create, "Create an API token; its secret is shown this once.";
        POST "/w/{slug}/tokens/{api_token}/revoke" on(Token ApiTokenWrite) console::entry::tokens::revoke, "Revoke an API token.";
        GET  "/w/{slug}/outbox"            list(UserInvite) console::office::outbox::list, "The outbox.";
        POST "/w/{slug}/outbox/{mail}/retry" list(UserInvite) console::office::outbox::retry, "Try a mail again that could not be sent.";
        GET  "/w/{slug}/plan"              may(BillingRead) console::money::plan::show, "The plan with what another one would add or take, seats and licences.";
        POST "/w/{slug}/plan"              may(BillingCommit) console::money::plan::update, "Move to another plan, or buy another number of seats.";
        GET  "/w/{slug}/licences"          may(LicenseRead) console::money::plan::licences, "The licences and the numbers that they carry.";
        POST "/w/{slug}/licences"          may(LicenseUpdate) console::money::plan::update_licences, "Buy another number of licences.";
        GET  "/w/{slug}/settings"          may(SettingsRead) console::office::settings::show, "The workspace's settings.";
        POST "/w/{slug}/settings"          may(SettingsUpdate) console::office::settings::update, "Change the time zone, the country, the language or how many digits PINs have.";
        POST "/w/{slug}/settings/name"     may(WorkspaceRename) console::office::settings::rename, "Rename the workspace.";
        POST "/w/{slug}/settings/recording" may(AutoRecordUpdate) console::office::settings::set_auto_record, "Switch automatic recording on or off.";
        POST "/w/{slug}/settings/owner"    may(WorkspaceTransfer) console::office::settings::transfer, "Hand ownership to an Admin.";
    }
}
