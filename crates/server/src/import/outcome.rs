//! How calls end in the words of other systems.

use super::record::Outcome;

/// What a word in a result column means: Asterisk's dispositions, what exports of phone services
/// call it, hang-up causes. None if it is not known.
pub fn from_word(word: &str) -> Option<Outcome> {
    if word.len() > 40 {
        return None;
    }
    let plain: String =
        word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    Some(match plain.as_str() {
        "answered" | "answer" | "completed" | "complete" | "connected" | "success" | "successful" | "ok" => {
            Outcome::Answered
        }
        "noanswer" | "unanswered" | "notanswered" | "missed" | "abandoned" | "abandon" | "cancel"
        | "cancelled" | "canceled" | "timeout" | "hangup" => Outcome::NoAnswer,
        "busy" | "rejected" | "declined" => Outcome::Busy,
        "failed" | "fail" | "failure" | "error" | "congestion" | "unavailable" | "unknown" => Outcome::Failed,
        "voicemail" | "mailbox" => Outcome::Voicemail,
        _ => return from_hangup_cause(word),
    })
}

/// What a hang-up cause of FreeSWITCH (ITU-T Q.850 names) means for a call that nobody answered.
/// None if it is not written like one.
pub fn from_hangup_cause(cause: &str) -> Option<Outcome> {
    match cause {
        "USER_BUSY" | "CALL_REJECTED" => Some(Outcome::Busy),
        "NORMAL_CLEARING"
        | "NO_ANSWER"
        | "NO_USER_RESPONSE"
        | "ORIGINATOR_CANCEL"
        | "ALLOTTED_TIMEOUT"
        | "LOSE_RACE"
        | "PICKED_OFF"
        | "ATTENDED_TRANSFER"
        | "BLIND_TRANSFER"
        | "MANAGER_REQUEST"
        | "MEDIA_TIMEOUT"
        | "PROGRESS_TIMEOUT"
        | "RECOVERY_ON_TIMER_EXPIRE" => Some(Outcome::NoAnswer),
        _ => is_cause(cause).then_some(Outcome::Failed),
    }
}

fn is_cause(cause: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    cause.len() >= 3
        && cause.starts_with(|c: char| c.is_ascii_uppercase())
        && cause.bytes().all(allowed)
        && cause.contains('_')
        || matches!(cause, "SUCCESS" | "NONE" | "UNSPECIFIED" | "INTERWORKING" | "CRASH")
}
