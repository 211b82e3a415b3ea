//! The answers. All of it is plain Rust, tested natively; `main.rs` is the shell that makes it a worker.

mod advise;
mod check;
mod kind;
mod mend;
mod places;
mod playground;
mod read;
mod run;
mod thin;

use std::io::Read;

use crate::messages::{Answer, Question};

/// Longer code is not checked in the page.
pub const MOST_CODE: usize = 2 * 1024 * 1024;

/// The answer to a question. `log` is what came beside it; empty where nothing did.
pub fn answer(question: &Question, log: impl Read) -> Answer {
    match question {
        Question::Check(source, given) => Answer::Checked(check::check(source, given)),
        Question::Mend(source, which) => Answer::Mended(mend::mend(source, *which)),
        Question::Read(question) => Answer::Read(read::read(question, log).map(Box::new)),
        Question::Advise(situation) => Answer::Recipe(advise::advise(situation).map(Box::new)),
    }
}
