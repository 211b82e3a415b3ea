//! One reader per format. Each hands rows to the recorder as they come and ends with a sentence where it breaks off.

pub(super) mod csv;
pub(super) mod json;
pub(super) mod json_lines;
pub(super) mod tensorboard;
pub(super) mod text;
