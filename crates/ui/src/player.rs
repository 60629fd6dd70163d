//! The player of a call recording.

use maud::{Markup, html};

use super::button::{self, Button, Kind};
use super::icon::Icon;
use super::text::t;

/// A recording to listen to.
#[derive(Debug, Clone, Copy)]
pub struct Player<'a> {
    /// Id of the recording, unique on the page; keeps it playing while the page around it changes.
    pub id: &'a str,
    /// Address of the sound.
    pub src: &'a str,
    /// What is played, for screen readers: "Recording of the call at 10:42 with …".
    pub title: &'a str,
    /// Address to save it from, for those who may.
    pub download: Option<&'a str>,
}

/// The browser's own controls; nothing is loaded before somebody presses play, and only one plays at a time.
#[must_use]
pub fn player(player: &Player) -> Markup {
    html! {
        div.player {
            audio id={ "player-" (player.id) } controls preload="none" src=(player.src) aria-label=(player.title)
                controlslist="nodownload noplaybackrate" {}
            @if let Some(href) = player.download {
                (button::download(&Button::new(Kind::Quiet, t("Download recording")).icon_only(Icon::Download), href))
            }
        }
    }
}
