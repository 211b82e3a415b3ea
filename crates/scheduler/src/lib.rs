//! WIP
use serde::{Deserialize, Serialize};
/// WIP
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule;
