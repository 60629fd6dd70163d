//! Endpoints about extensions, queues and numbers.

use access::{Noun, can};
use axum::http::Method;

use api::rest;
use console;
use web::endpoint::Endpoint;

pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints! {
        GET  "/api/v1/me/caller-id"        signed_in() rest::calling::own, "The number that your calls show, and those that you may choose among.";
        PUT  "/api/v1/me/caller-id"        may(ProfileUpdate) rest::calling::choose, "Choose the number that your calls show, or null for the one granted first.";
        GET  "/api/v1/users/{user}/caller-id" on(User UserRead) rest::calling::of_user, "The number that a user's calls show, and why.";
        PUT  "/api/v1/users/{user}/caller-id" on(User UserSetAccess) rest::calling::preset, "Preset the number that a user's calls show while none is granted to them.";
        GET  "/api/v1/users/{user}/line"   on(User AccessExplain) rest::calling::line, "Whether a call of a user would go out, on which extension and with which number, and why.";
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
        POST "/w/{slug}/users/{user}/caller-id" on(User UserSetAccess) console::lines::calling::preset, "Set a user's default caller ID.";
        POST "/w/{slug}/profile/caller-id" may(ProfileUpdate) console::lines::calling::choose, "Choose one's own caller ID.";
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
    }
}
