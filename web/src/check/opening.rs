//! Code from outside: files and links.

use leptos::prelude::*;
use tools::Source;

use super::state::CheckState;
use crate::files::ChosenFile;
use crate::view::{View, setting};
use crate::{browser, files};

/// Larger files are not opened: notebooks with pictures may be large, code is not.
const MOST_BYTES: f64 = 16.0 * 1024.0 * 1024.0;
/// The longest code in a link.
const MOST_LINKED: usize = 256 * 1024;
impl CheckState {
    /// Takes the code in the address, if there is one that is not here yet, and reads what there is.
    pub fn open_address(self) {
        let fragment = browser::fragment();
        let code = setting(&fragment, "code").filter(|_| View::of(&fragment).0 == View::Check);
        let Some(code) = code.filter(|code| self.opened.with_value(|opened| opened.as_ref() != Some(code))) else {
            if self.checked.with_untracked(Option::is_none) {
                self.check();
            }
            return;
        };
        self.remember_link(&code);
        leptos::task::spawn_local(async move {
            match files::unpack(&code, MOST_LINKED).await {
                Some(text) => {
                    self.in_link.set(true);
                    self.replace(Source { name: setting(&fragment, "name").unwrap_or_default(), text });
                }
                None => {
                    self.problem.set(Some("The code in the link cannot be read; it may have been cut off.".into()));
                    self.check();
                }
            }
        });
    }

    /// The code of a link that this page has made or opened itself.
    pub fn remember_link(self, code: &str) {
        self.opened.set_value(Some(code.to_owned()));
    }

    /// Opens a file.
    pub fn open(self, file: Option<ChosenFile>) {
        let Some(file) = file else { return };
        if file.size > MOST_BYTES {
            let megabytes = file.size / 1e6;
            let sentence =
                format!("{} has {megabytes:.0} MB; at most {:.0} are read here.", file.name, MOST_BYTES / 1e6);
            return self.problem.set(Some(sentence));
        }
        leptos::task::spawn_local(async move {
            match files::text_of(&file.blob).await {
                Ok(text) => self.replace(Source { name: file.name, text }),
                Err(sentence) => self.problem.set(Some(sentence)),
            }
        });
    }
}
