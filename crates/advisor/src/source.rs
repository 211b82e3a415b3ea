//! Where advice comes from.

use serde::Serialize;

/// How strong the support for a piece of advice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Many do it; nobody we know of has tested it well.
    CommonPractice,
    /// A paper, or the code that made its results, says so.
    Paper,
    /// Runs kept in this repository show it.
    MeasuredHere,
}

impl Strength {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::CommonPractice => "common practice",
            Self::Paper => "paper",
            Self::MeasuredHere => "measured here",
        }
    }
}

/// Something to look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Authors and year, or what it is.
    pub name: &'static str,
    /// Where it is; a path for what is in this repository.
    pub place: &'static str,
    /// What kind of support it gives.
    pub strength: Strength,
}

impl Source {
    /// In words: `paper: He et al. 2015, arXiv 1512.03385`.
    pub fn words(&self) -> String {
        match self.name == Strength::CommonPractice.words() {
            true => self.name.to_owned(),
            false => format!("{}: {}, {}", self.strength.words(), self.name, self.place),
        }
    }
}

macro_rules! sources {
    ($strength:ident: $($(#[$doc:meta])* $constant:ident = $name:literal, $place:literal;)*) => {
        $(
            #[doc = concat!($name, ", ", $place, ".")]
            pub const $constant: Source = Source { name: $name, place: $place, strength: Strength::$strength };
        )*
    };
}

sources! { Paper:
    RESNET = "He et al. 2015", "arXiv 1512.03385";
    TRANSFORMER = "Vaswani et al. 2017", "arXiv 1706.03762";
    LARGE_BATCH = "Goyal et al. 2017", "arXiv 1706.02677";
    SQUARE_ROOT_SCALING = "Malladi et al. 2022", "arXiv 2205.10287";
    ADAMW = "Loshchilov & Hutter 2017", "arXiv 1711.05101";
    COSINE = "Loshchilov & Hutter 2016", "arXiv 1608.03983";
    BAG_OF_TRICKS = "He et al. 2018", "arXiv 1812.01187";
    DEIT = "Touvron et al. 2020 (DeiT)", "arXiv 2012.12877";
    SWIN = "Liu et al. 2021 (Swin)", "arXiv 2103.14030";
    BERT = "Devlin et al. 2018 (BERT)", "arXiv 1810.04805";
    BERT_FINE_TUNING = "Mosbach et al. 2020", "arXiv 2006.04884";
    GPT3 = "Brown et al. 2020 (GPT-3), table 2.1", "arXiv 2005.14165";
    LINEAR_TO_ZERO = "Bergsma et al. 2025", "arXiv 2502.15938";
    COOLDOWN = "Hägele et al. 2024", "arXiv 2405.18392";
    MINICPM = "Hu et al. 2024 (MiniCPM)", "arXiv 2404.06395";
    DETR = "Carion et al. 2020 (DETR)", "arXiv 2005.12872";
    DEEPLAB = "Chen et al. 2016 (DeepLab)", "arXiv 1606.00915";
    SEGFORMER = "Xie et al. 2021 (SegFormer)", "arXiv 2105.15203";
    PPO = "Schulman et al. 2017 (PPO)", "arXiv 1707.06347";
    DCGAN = "Radford et al. 2015 (DCGAN)", "arXiv 1511.06434";
    TWO_TIME_SCALES = "Heusel et al. 2017", "arXiv 1706.08500";
    CYCLE_GAN = "Zhu et al. 2017 (CycleGAN)", "arXiv 1703.10593";
    DDPM = "Ho et al. 2020 (DDPM)", "arXiv 2006.11239";
    TABULAR = "Gorishniy et al. 2021", "arXiv 2106.11959";
    ONE_CYCLE = "Smith & Topin 2017", "arXiv 1708.07120";
    RANGE_TEST = "Smith 2015", "arXiv 1506.01186";
    DISCRIMINATIVE = "Howard & Ruder 2018 (ULMFiT)", "arXiv 1801.06146";
    POST_LN = "Xiong et al. 2020", "arXiv 2002.04745";
    WHY_WARMUP = "Kosson et al. 2024", "arXiv 2410.23922";
    SCHEDULE_FREE = "Defazio et al. 2024", "arXiv 2405.15682";
    MUP = "Yang et al. 2022 (muP)", "arXiv 2203.03466";
    LARS = "You et al. 2017 (LARS)", "arXiv 1708.03888";
    LAMB = "You et al. 2019 (LAMB)", "arXiv 1904.00962";
    CLIPPING = "Pascanu et al. 2012", "arXiv 1211.5063";
}

sources! { CommonPractice:
    TORCHVISION = "torchvision's reference training scripts", "github.com/pytorch/vision, references/";
    MUON = "Jordan et al. 2024 (Muon)", "kellerjordan.github.io/posts/muon";
    SPEEDRUN = "the nanoGPT speedrun", "github.com/KellerJordan/modded-nanogpt";
    PRACTICE = "common practice", "no single source";
    FASTAI = "fastai", "docs.fast.ai/callback.schedule.html";
    TORCH = "torch 2.15, by running it", "docs.pytorch.org/docs/stable/optim.html";
}

sources! { MeasuredHere:
    WARMUP_RUNS = "the warmup preset, 40 seeds", "crates/trainer/src/presets.rs";
    SPIRALS_RUNS = "the spirals preset, 40 seeds", "crates/trainer/src/presets.rs";
    PROBLEM_RUNS = "twenty small problems, ten seeds and 21 LRs each", "tests/finder/problems.json";
    SCHEDULER_GOLDENS = "values recorded from the library", "tests/goldens";
}
