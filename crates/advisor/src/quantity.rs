//! Numbers with a unit.
//!
//! Lengths of schedules are checked as a physicist checks an equation: `len(loader)` is steps per epoch, `epochs` is
//! epochs, their product is steps. A number may be known, symbolic (`epochs - 5` before anybody said how many epochs),
//! both (an option with a default) or neither; its unit is tracked all the same.

use crate::origin::{Origin, Symbol};

/// What the name of a symbol begins with that processes share.
pub(crate) const SHARED: &str = "shared:";

/// What a number counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Nothing says what is counted.
    #[default]
    Unknown,
    /// A bare number, which takes the unit of whatever it is added to.
    Bare,
    /// Passes over the training data.
    Epochs,
    /// Optimizer steps; a batch is one unless gradients accumulate.
    Steps,
    /// Steps in one epoch: the length of a data loader.
    StepsPerEpoch,
}

impl Unit {
    /// Whether a duration of this unit is counted in steps.
    pub fn is_steps(self) -> bool {
        matches!(self, Self::Steps | Self::StepsPerEpoch)
    }

    fn of_sum(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Bare | Self::Unknown, b) => b,
            (a, Self::Bare | Self::Unknown) => a,
            (a, b) if a.is_steps() && b.is_steps() => Self::Steps,
            _ => Self::Unknown,
        }
    }

    fn of_product(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bare, Self::Bare) => Self::Bare,
            (Self::Epochs, Self::StepsPerEpoch) | (Self::StepsPerEpoch, Self::Epochs) => Self::Steps,
            // A loader's length times anything that is not itself a duration is a number of steps.
            (Self::StepsPerEpoch | Self::Steps, Self::Bare | Self::Unknown)
            | (Self::Bare | Self::Unknown, Self::StepsPerEpoch | Self::Steps) => Self::Steps,
            // `epochs * 390` may well be steps: the bare factor could be anything.
            _ => Self::Unknown,
        }
    }

    fn of_quotient(self, other: Self) -> Self {
        match (self, other) {
            (a, Self::Bare) => a,
            (Self::Steps, Self::StepsPerEpoch) => Self::Epochs,
            (Self::Steps, Self::Epochs) => Self::StepsPerEpoch,
            // Divided by an accumulation factor or a number of processes.
            (Self::StepsPerEpoch, Self::Unknown) => Self::StepsPerEpoch,
            (a, b) if a == b => Self::Bare,
            _ => Self::Unknown,
        }
    }
}

/// A sum of products of symbols, in a normal form, so that equal expressions compare equal.
///
/// The products in order, each with its factor, which is not 0; the symbols of each in order, too. They are few: a list of them
/// takes less time, and less code, than any map.
#[derive(Clone, Debug, PartialEq)]
struct Polynomial(Vec<(Vec<String>, f64)>);

/// Larger expressions than this are not followed: nobody compares them.
const MOST_TERMS: usize = 24;

impl Polynomial {
    fn constant(value: f64) -> Self {
        let mut sum = Self(Vec::new());
        sum.add(Vec::new(), value);
        sum
    }

    fn symbol(name: &str) -> Self {
        Self(vec![(vec![name.to_owned()], 1.0)])
    }

    /// One more product.
    fn add(&mut self, symbols: Vec<String>, factor: f64) {
        let at = self.0.partition_point(|(own, _)| *own < symbols);
        match self.0.get_mut(at) {
            Some((own, sum)) if *own == symbols => {
                *sum += factor;
                if *sum == 0.0 {
                    self.0.remove(at);
                }
            }
            _ if factor == 0.0 => {}
            _ => self.0.insert(at, (symbols, factor)),
        }
    }

    fn plus(&self, other: &Self, sign: f64) -> Option<Self> {
        let mut sum = self.clone();
        other.0.iter().for_each(|(symbols, factor)| sum.add(symbols.clone(), sign * factor));
        (sum.0.len() <= MOST_TERMS).then_some(sum)
    }

    fn times(&self, other: &Self) -> Option<Self> {
        if self.0.len() * other.0.len() > MOST_TERMS {
            return None;
        }
        let mut sum = Self(Vec::new());
        for (a, x) in &self.0 {
            for (b, y) in &other.0 {
                let mut symbols = a.clone();
                for symbol in b {
                    symbols.insert(symbols.partition_point(|own| own < symbol), symbol.clone());
                }
                sum.add(symbols, x * y);
            }
        }
        Some(sum)
    }
}

/// A number that a program computes with: value, symbolic form and unit, each as far as known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quantity {
    /// What is counted.
    pub unit: Unit,
    /// The number, where it can be worked out.
    pub value: Option<f64>,
    /// The number rests on a default (of an option, of a parameter) that a caller may replace.
    pub assumed: bool,
    form: Option<Polynomial>,
    origin: Origin,
}

impl Quantity {
    /// Nothing known.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// A number written in the source.
    pub fn number(value: f64) -> Self {
        let (form, origin) = (Some(Polynomial::constant(value)), Origin::number(value));
        Self { unit: Unit::Bare, value: Some(value), assumed: false, form, origin }
    }

    /// The number 1, for a constant.
    pub const fn one() -> Self {
        Self { unit: Unit::Bare, value: Some(1.0), assumed: false, form: None, origin: Origin::unknown() }
    }

    /// A named number: two symbols of the same name are the same number.
    pub fn symbol(name: &str, unit: Unit, value: Option<f64>) -> Self {
        let (form, origin) = (Some(Polynomial::symbol(name)), Origin::symbol(name, unit, value));
        Self { unit, value, assumed: value.is_some(), form, origin }
    }

    /// The part of the symbol `of` that falls to one of several processes: the same to those who judge, and another number
    /// to those who know how many processes there are.
    pub fn share(of: &str, unit: Unit) -> Self {
        let name = format!("{SHARED}{of}");
        Self { origin: Origin::symbol(&name, unit, None), ..Self::symbol(of, unit, None) }
    }

    /// Something with a unit whose number nobody knows.
    pub fn of_unit(unit: Unit) -> Self {
        Self { unit, ..Self::default() }
    }

    /// Where a number that rests on a default has it from.
    pub fn whence(&self) -> String {
        let mut first = None;
        self.evaluate(&mut |symbol| {
            first.get_or_insert_with(|| symbol.whence());
            symbol.default
        });
        first.unwrap_or_else(|| "the default".to_owned())
    }

    /// The same number, known to count `unit`.
    pub fn with_unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    fn combine(&self, other: &Self, unit: Unit, operation: fn(f64, f64) -> f64, form: Option<Polynomial>) -> Self {
        let value = self.value.zip(other.value).map(|(a, b)| operation(a, b)).filter(|v| v.is_finite());
        let assumed = value.is_some() && (self.assumed || other.assumed);
        Self { unit, value, assumed, form, origin: self.origin.binary(&other.origin, operation) }
    }

    /// The number with what `resolve` says of the symbols in it; `None` where one is missing, or where nothing is known of
    /// how it is computed.
    pub fn evaluate(&self, resolve: &mut dyn FnMut(Symbol<'_>) -> Option<f64>) -> Option<f64> {
        if self.origin.is_known() { self.origin.evaluate(resolve) } else { self.value }
    }

    /// `self + other`.
    pub fn plus(&self, other: &Self) -> Self {
        let form = self.form.as_ref().zip(other.form.as_ref()).and_then(|(a, b)| a.plus(b, 1.0));
        self.combine(other, self.unit.of_sum(other.unit), |a, b| a + b, form)
    }

    /// `self - other`.
    pub fn minus(&self, other: &Self) -> Self {
        let form = self.form.as_ref().zip(other.form.as_ref()).and_then(|(a, b)| a.plus(b, -1.0));
        self.combine(other, self.unit.of_sum(other.unit), |a, b| a - b, form)
    }

    /// `self * other`.
    pub fn times(&self, other: &Self) -> Self {
        let unit = match (self.unit, other.unit) {
            // A fraction scales a duration and leaves its unit alone; a whole factor might carry one.
            (unit, Unit::Bare) if other.is_fraction() => unit,
            (Unit::Bare, unit) if self.is_fraction() => unit,
            (a, b) => a.of_product(b),
        };
        let form = self.form.as_ref().zip(other.form.as_ref()).and_then(|(a, b)| a.times(b));
        self.combine(other, unit, |a, b| a * b, form)
    }

    /// `self / other`.
    pub fn over(&self, other: &Self) -> Self {
        self.combine(other, self.unit.of_quotient(other.unit), |a, b| a / b, None)
    }

    /// `self // other`.
    pub fn floor_over(&self, other: &Self) -> Self {
        self.combine(other, self.unit.of_quotient(other.unit), |a, b| (a / b).floor(), None)
    }

    /// `self ** other`.
    pub fn power(&self, other: &Self) -> Self {
        let unit = if (self.unit, other.unit) == (Unit::Bare, Unit::Bare) { Unit::Bare } else { Unit::Unknown };
        self.combine(other, unit, f64::powf, None)
    }

    /// `self % other`.
    pub fn remainder(&self, other: &Self) -> Self {
        self.combine(other, Unit::Unknown, |a, b| a - b * (a / b).floor(), None)
    }

    /// `int(self)`, `round(self)`, `math.ceil(self)`: the unit stays; the form stays where it is whole anyway.
    pub fn rounded(&self, round: fn(f64) -> f64) -> Self {
        let whole = self.form.as_ref().is_some_and(|form| form.0.iter().all(|(_, factor)| factor.fract() == 0.0));
        Self {
            unit: self.unit,
            value: self.value.map(round),
            assumed: self.assumed,
            form: self.form.clone().filter(|_| whole),
            origin: self.origin.unary(round),
        }
    }

    /// The lesser or the greater of two numbers.
    pub fn bounded(&self, other: &Self, pick: fn(f64, f64) -> f64) -> Self {
        self.combine(other, self.unit.of_sum(other.unit), pick, None)
    }

    /// The symbols of which it is the product, and the number that they are multiplied with.
    pub fn factors(&self) -> Option<(&[String], f64)> {
        let [(symbols, factor)] = &self.form.as_ref()?.0[..] else { return None };
        (!symbols.is_empty()).then_some((symbols.as_slice(), *factor))
    }

    /// Whether both are certainly the same number, whatever the symbols stand for.
    pub fn same(&self, other: &Self) -> bool {
        self.form.is_some() && self.form == other.form
    }

    /// How many times `other` it is, where that is certain: by value, or because both are multiples of the same symbols.
    pub fn ratio(&self, other: &Self) -> Option<f64> {
        if self.same(other) {
            return Some(1.0);
        }
        let by_value = self.value.zip(other.value).filter(|(_, b)| *b != 0.0).map(|(a, b)| a / b);
        by_value.or_else(|| self.multiple(other))
    }

    /// How many times `other` it is, because both are multiples of the same symbols.
    pub fn multiple(&self, other: &Self) -> Option<f64> {
        let ((symbols, x), (others, y)) = (self.factors()?, other.factors()?);
        (symbols == others).then_some(x / y)
    }

    /// Whether both are made of the same symbol, among others: one may have been computed from the other.
    pub fn shares_symbol(&self, other: &Self) -> bool {
        let symbols = |form: &Option<Polynomial>| -> Vec<String> {
            form.iter().flat_map(|form| &form.0).flat_map(|(symbols, _)| symbols).cloned().collect()
        };
        let own = symbols(&self.form);
        symbols(&other.form).iter().any(|symbol| own.contains(symbol))
    }

    /// Whether it is a number as soon as somebody gives those in it that are missing.
    pub fn is_computed(&self) -> bool {
        self.value.is_some() || self.origin.is_known()
    }

    /// Whether there is at least a symbolic form.
    pub fn has_form(&self) -> bool {
        self.form.is_some()
    }

    /// Whether the number needs no option or default to be known: it is written in the source.
    pub fn is_literal(&self) -> bool {
        self.value.is_some() && !self.assumed
    }

    fn is_fraction(&self) -> bool {
        self.value.is_some_and(|value| value.fract() != 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs() -> Quantity {
        Quantity::symbol("epochs", Unit::Epochs, None)
    }

    fn loader() -> Quantity {
        Quantity::symbol("len(loader)", Unit::StepsPerEpoch, None)
    }

    #[test]
    fn units_multiply_and_divide() {
        assert_eq!(epochs().times(&loader()).unit, Unit::Steps);
        assert_eq!(loader().times(&Quantity::number(10.0)).unit, Unit::Steps);
        assert_eq!(epochs().times(&Quantity::number(0.1)).unit, Unit::Epochs);
        assert_eq!(epochs().times(&Quantity::number(390.0)).unit, Unit::Unknown);
        assert_eq!(epochs().times(&loader()).over(&loader()).unit, Unit::Epochs);
        assert_eq!(loader().floor_over(&Quantity::unknown()).unit, Unit::StepsPerEpoch);
        assert_eq!(epochs().minus(&Quantity::number(5.0)).unit, Unit::Epochs);
        assert_eq!(epochs().plus(&loader()).unit, Unit::Unknown);
    }

    #[test]
    fn equal_forms_compare_equal() {
        let warmup = Quantity::symbol("warmup", Unit::Epochs, None);
        assert!(epochs().minus(&warmup).plus(&warmup).same(&epochs()));
        assert!(epochs().times(&loader()).same(&loader().times(&epochs())));
        assert!(!epochs().minus(&warmup).same(&epochs()));
        assert!(!Quantity::unknown().same(&Quantity::unknown()));
    }

    #[test]
    fn values_follow_python() {
        assert_eq!(Quantity::number(-7.0).floor_over(&Quantity::number(2.0)).value, Some(-4.0));
        assert_eq!(Quantity::number(7.0).over(&Quantity::number(0.0)).value, None);
        assert_eq!(Quantity::number(-7.0).remainder(&Quantity::number(3.0)).value, Some(2.0));
    }
}
