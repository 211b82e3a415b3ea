//! Our own reading of a range test.
//!
//! The rule is "a quarter of the LR at which nine tenths of the fall are made", on a bias-corrected moving average over
//! about a tenth of the sweep, by the median over seeds. It was chosen on ten recorded problems
//! (`tests/finder/problems.json`), in all of which it lies among the LRs that train best; on ten others that were recorded
//! afterwards it does so in nine, and misses the last by a factor of two. "A tenth of the LR of least loss" does so in nine and
//! eight; it scatters more from seed to seed, because the loss is flat around its minimum. "Steepest slope" scatters over
//! decades.

use super::fastai::Recorded;
use super::gradient;
use super::sweep::Sweep;

/// Length of the moving average as a share of the sweep: a weight of 0.9 on the past in a sweep of 100 steps. A fixed
/// weight would shift the minimum of a shorter sweep by decades.
const SMOOTHING: f64 = 0.1;
/// Over how many decades the readings of several seeds may range before there is no number to give.
const MOST_DECADES: f64 = 1.0;
/// A fall of the smoothed loss below this many deviations of its noise is no fall.
const NOISE_DEVIATIONS: f64 = 4.0;
/// Nor is one below this share of the loss.
const LEAST_FALL: f64 = 0.02;
/// A loss above this many times the first is divergence. "Four times the best", which is common, never fires for a
/// classifier whose output has died: its loss stays at ln(classes).
const DIVERGED: f64 = 1.3;
/// The share of the fall that is made at the LR we divide.
const FALL: f64 = 0.9;
/// What we divide it by.
const BELOW: f64 = 4.0;
/// The greatest peak that is advised, in multiples of the LR.
const PEAK: f64 = 10.0 / 3.0;
/// A minimum within this share of the end of the sweep may not be one.
const END: f64 = 0.03;

/// LRs from one to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
}

impl Band {
    /// Powers of ten between the ends.
    pub fn decades(self) -> f64 {
        (self.high / self.low).log10()
    }

    /// Whether a LR lies in it.
    pub fn contains(self, lr: f64) -> bool {
        (self.low..=self.high).contains(&lr)
    }
}

/// What one seed's curve shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The smoothed loss, one value for each usable point.
    pub smoothed: Vec<f64>,
    /// The LR of the least smoothed loss.
    pub minimum: f64,
    /// The LR at which the smoothed loss has made nine tenths of its fall.
    pub fallen: f64,
    /// A quarter of it: our choice.
    pub chosen: f64,
    /// The LR where the smoothed loss falls fastest with log10 of the LR.
    pub steepest: f64,
    /// fastai's `valley` on the smoothed loss.
    pub valley: Option<f64>,
    /// fastai's `slide` on the smoothed loss.
    pub slide: Option<f64>,
    /// The LR from which on the smoothed loss stays above where it began, or is not a number.
    pub divergence: Option<f64>,
    /// Whether the loss was still at its least when the sweep ended.
    pub ended_early: bool,
    /// Whether the loss fell by more than its noise.
    pub fell: bool,
}

/// The LR to train with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    /// For a constant LR, or one that starts at its greatest: the median over the seeds.
    pub lr: f64,
    /// For the peak of a schedule that comes down (OneCycle, warmup and cosine): from the LR itself to 3.3 times it.
    pub peak: Band,
    /// What single seeds would have said; of eight and more, the tenth at either end is left out.
    pub seeds: Band,
}

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// No curve falls by more than its noise.
    Flat,
    /// The loss was still falling at the end of the sweep.
    EndedEarly {
        /// The greatest LR tried.
        end: f64,
    },
    /// The seeds disagree by more than a decade.
    Scattered(Band),
    /// No curve was given.
    Nothing,
}

/// What one or more sweeps of the same model say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// One for each sweep.
    pub readings: Vec<Reading>,
    /// The LR, or why there is none.
    pub chosen: Result<Chosen, Refusal>,
}

impl Analysis {
    /// How far to trust the number, in one sentence.
    pub fn trust(&self) -> String {
        let runs = self.readings.len();
        match &self.chosen {
            Ok(_) if runs == 1 => {
                "One run: over the seeds of twenty measured problems this rule ranged over 0.2 to 1.2 decades. \
                                   Sweep with a few more seeds to see the range of yours."
                    .into()
            }
            Ok(chosen) => format!(
                "{runs} runs agree within {:.1} decades (a factor of {:.1}).",
                chosen.seeds.decades(),
                chosen.seeds.high / chosen.seeds.low
            ),
            Err(Refusal::Flat) => {
                "In no run does the loss fall by more than its noise: the model does not learn at any LR \
                                   of the sweep within its steps. Take more steps or a wider range, and check the data."
                    .into()
            }
            Err(Refusal::EndedEarly { end }) => format!(
                "The loss is still at its least where the sweep ends, at LR {}: go on to a greater LR, until the loss rises.",
                scheduler::format_lr(*end)
            ),
            Err(Refusal::Scattered(band)) => format!(
                "The runs put it anywhere from {} to {}, {:.1} decades apart; one number would be a lottery ticket. Take \
                 more steps per sweep or larger batches, or try a few LRs in short runs.",
                scheduler::format_lr(band.low),
                scheduler::format_lr(band.high),
                band.decades()
            ),
            Err(Refusal::Nothing) => "There is no curve.".into(),
        }
    }
}

/// Reads sweeps of the same model, one per seed.
pub fn analyse(sweeps: &[Sweep]) -> Analysis {
    let readings: Vec<Reading> = sweeps.iter().filter_map(read).collect();
    let chosen = choose(&readings, sweeps);
    Analysis { readings, chosen }
}

fn choose(readings: &[Reading], sweeps: &[Sweep]) -> Result<Chosen, Refusal> {
    let fell: Vec<&Reading> = readings.iter().filter(|reading| reading.fell).collect();
    if readings.is_empty() {
        return Err(Refusal::Nothing);
    }
    if fell.len() * 2 <= readings.len() {
        return Err(Refusal::Flat);
    }
    let ended_early = fell.iter().filter(|reading| reading.ended_early).count();
    if ended_early * 2 > fell.len() {
        let end = sweeps.iter().filter_map(|sweep| sweep.lrs().last()).copied().fold(0.0, f64::max);
        return Err(Refusal::EndedEarly { end });
    }
    let mut each: Vec<f64> = fell.iter().map(|reading| reading.chosen).collect();
    each.sort_by(f64::total_cmp);
    let outliers = if each.len() < 8 { 0 } else { each.len() / 10 };
    let usual = &each[outliers..each.len() - outliers];
    let (Some(&low), Some(&high)) = (usual.first(), usual.last()) else { return Err(Refusal::Nothing) };
    let seeds = Band { low, high };
    if seeds.decades() > MOST_DECADES {
        return Err(Refusal::Scattered(seeds));
    }
    let middle = each.len() / 2;
    // Between two middle values, the mean on the scale of the axis.
    let lr = if each.len() % 2 == 1 { each[middle] } else { (each[middle - 1] * each[middle]).sqrt() };
    Ok(Chosen { lr, peak: Band { low: lr, high: lr * PEAK }, seeds })
}

fn read(sweep: &Sweep) -> Option<Reading> {
    let beta = 1.0 - 1.0 / (sweep.losses().len() as f64 * SMOOTHING).max(1.0);
    let smoothed = sweep.smoothed(beta);
    let lrs = sweep.lrs();
    // The first points of a moving average are those of single batches; the least of them means nothing.
    let settled = smoothed.len() / 10;
    let start = median(&sweep.losses()[..settled.max(5).min(smoothed.len())])?;
    let lowest = settled + gradient::argmin(&smoothed[settled..])?;
    let least = smoothed[lowest];
    let enough = least + (1.0 - FALL) * (start - least).max(0.0);
    let fallen = (settled..lowest).find(|&point| smoothed[point] <= enough).unwrap_or(lowest);
    let rises = start + (DIVERGED - 1.0) * start.abs();
    let diverges = (lowest..smoothed.len()).find(|&point| smoothed[point] > rises);
    let divergence = diverges.map(|point| lrs[point]).or(sweep.not_a_number_at());
    let axis: Vec<f64> = lrs.iter().map(|lr| lr.log10()).collect();
    // Repeated LRs have no slope between them.
    let slopes = gradient::uneven(&smoothed[..=lowest], &axis[..=lowest]).unwrap_or_default();
    let steepest = slopes.iter().enumerate().skip(settled).filter(|(_, slope)| slope.is_finite());
    let steepest = steepest.min_by(|a, b| a.1.total_cmp(b.1)).map_or(lowest, |(point, _)| point);
    let end = diverges.unwrap_or(smoothed.len());
    let usual = Recorded { lrs: lrs[settled..end].to_vec(), losses: smoothed[settled..end].to_vec() };
    let last = smoothed.len() - 1;
    let near_end = (smoothed.len() as f64 * END).ceil() as usize;
    Some(Reading {
        minimum: lrs[lowest],
        fallen: lrs[fallen],
        chosen: lrs[fallen] / BELOW,
        steepest: lrs[steepest],
        // Quadratic; longer sweeps than anybody records are not given it.
        valley: (usual.losses.len() <= 2_000).then(|| usual.valley()).flatten(),
        slide: usual.slide(),
        divergence,
        ended_early: last - lowest < near_end && sweep.not_a_number_at().is_none(),
        fell: start - least > (NOISE_DEVIATIONS * noise_of_average(sweep.losses(), beta)).max(LEAST_FALL * start.abs()),
        smoothed,
    })
}

/// The standard deviation of the moving average with that weight that the noise between neighbouring losses of the first half causes.
fn noise_of_average(losses: &[f64], beta: f64) -> f64 {
    let half = &losses[..(losses.len() / 2).max(2).min(losses.len())];
    let jumps: Vec<f64> = half.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    // For normal noise the median of |difference| is 0.954 of its deviation.
    let deviation = median(&jumps).unwrap_or(0.0) / 0.954;
    deviation * ((1.0 - beta) / (1.0 + beta)).sqrt()
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}
