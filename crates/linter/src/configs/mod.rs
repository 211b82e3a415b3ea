//! Config files that describe a training run.
//!
//! ```text
//! YAML, JSON, TOML, literals in Python --> tree with positions --recognise--> Plans
//! ```
//!
//! Many files have a key `scheduler`; few of them train anything. So each kind of config is recognised by several names
//! that only it has together, and what is not recognised is left alone.
//!
//! * `tree`: a config whatever language it is written in.
//! * `yaml`, `toml`: how it is read; JSON is YAML. TOML comes with the feature `toml`, which a page does without.
//! * `transformers`, `axolotl`, ...: one kind of config each.

mod axolotl;
mod deepspeed;
mod hydra;
mod instance;
mod lightning;
mod mmengine;
pub(crate) mod python;
mod sd_scripts;
mod timm;
#[cfg(feature = "toml")]
mod toml;
mod transformers;
mod tree;
mod yaml;

use advisor::Plan;

use crate::source::Unreadable;
use tree::Map;
pub(crate) use tree::{Kind, Node};

/// A language that configs are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// TOML.
    #[cfg(feature = "toml")]
    Toml,
}

impl Language {
    /// The language of a file, by the end of its name.
    pub fn of_file(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1 {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            #[cfg(feature = "toml")]
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }

    /// The documents in a text: one, where the language has no others.
    ///
    /// # Errors
    /// What cannot be read, and where.
    pub(crate) fn read(self, text: &str) -> Result<Vec<Node>, Unreadable> {
        match self {
            Self::Yaml | Self::Json => yaml::documents(text),
            #[cfg(feature = "toml")]
            Self::Toml => Ok(vec![toml::document(text)?]),
        }
    }
}

/// Words of which every config that is recognised holds at least one.
const WORDS: [&str; 7] = ["param_scheduler", "lr_scheduler", "warmup", "WarmupLR", "sched", "LRScheduler", "OneCycle"];

/// Whether a config that has certain words may have to do with a learning rate.
pub(crate) fn may_concern(has: &dyn Fn(&str) -> bool) -> bool {
    WORDS.iter().any(|word| has(word))
}

/// The plans of the runs that a config describes, none for a config of anything else.
///
/// # Errors
/// What cannot be read, and where.
pub fn plans(text: &str, language: Language) -> Result<Vec<Plan>, Unreadable> {
    Ok(language.read(text)?.iter().flat_map(|document| recognised(document, text)).collect())
}

/// What recognises one kind of config in a map.
type Recogniser = fn(&Node, &Map, &str) -> Option<Plan>;

/// All kinds of configs. A map is of one kind at most.
const RECOGNISERS: [Recogniser; 8] = [
    axolotl::plan,
    transformers::plan,
    deepspeed::plan,
    timm::plan,
    mmengine::plan,
    lightning::plan,
    hydra::plan,
    sd_scripts::plan,
];

/// The plans in a tree, wherever in it they are.
fn recognised(tree: &Node, source: &str) -> Vec<Plan> {
    let of = |(node, map)| RECOGNISERS.iter().find_map(|recognise| recognise(node, map, source));
    tree.maps().into_iter().filter_map(of).collect()
}
