//! Schedulers that begin where the run goes on, without any state.

use super::is_plateau;
use crate::plan::{Argument, ArgumentValue, Evidence, Plan, ScheduleFacts, ScheduleId};
use crate::rules::run;
use crate::script::{Script, Stateful};
use crate::sites::{Site, restored_before, sites};

/// Where the schedulers of a plan begin.
pub(super) struct Positions<'p> {
    plan: &'p Plan,
    script: &'p Script,
    sites: Vec<Site<'p>>,
}

impl<'p> Positions<'p> {
    pub fn of(plan: &'p Plan) -> Self {
        Self { plan, script: &plan.script, sites: sites(plan) }
    }

    /// Whether schedulers are stepped within a loop over epochs.
    pub fn in_epochs(&self) -> bool {
        self.sites.iter().any(|site| site.epochs().is_some())
    }

    /// Whether a scheduler begins where the run goes on.
    pub fn cover(&self, id: ScheduleId) -> bool {
        self.is_told(id) || self.is_brought(id)
    }

    /// Whether all that are stepped do.
    pub fn cover_all(&self) -> bool {
        let (script, stepped) = (self.script, &self.script.stepped);
        // One that is built in each turn begins there, resumed or not; so does another one that it may be instead.
        let renewed = stepped.iter().any(|id| self.is_renewed(*id))
            && stepped.iter().all(|id| self.is_renewed(*id) || self.is_unbuilt(*id));
        // Where what is stepped is built cannot be told, but somewhere one is built that goes on.
        let may_be_told = !stepped.is_empty()
            && stepped.iter().all(|id| self.is_unbuilt(*id))
            && self.plan.schedules.iter().any(run::goes_on);
        let told = may_be_told || stepped.iter().any(|id| self.is_built_there(*id));
        // No position brings a plateau scheduler back to where it was; another one may be built anew behind the checkpoint.
        let is_lost = |id: &ScheduleId| is_plateau(self.plan.schedule(*id)) && !self.is_told(*id);
        let brought = !script.brought_to_position.is_empty() && stepped.iter().all(|id| self.is_brought(*id));
        renewed || told && !stepped.iter().any(is_lost) || brought
    }

    /// Its constructor is told where to begin: all in one place, what restores and what steps.
    pub fn is_told(&self, id: ScheduleId) -> bool {
        let schedule = self.plan.schedule(id);
        let begins_with = |start: &String| schedule.arguments.iter().any(|argument| argument.text.contains(start));
        // Of a class of their own, what the parameters are called is not in sight.
        let begins = |argument: &Argument| argument.name.is_empty() && argument.text.ends_with("start_epoch");
        // A new cycle over the epochs that are left rises anew.
        let begins = schedule.class != "OneCycleLR"
            && (self.script.starts.iter().any(begins_with) || schedule.arguments.iter().any(begins));
        (run::goes_on(schedule) || begins) && !is_told_too_early(self.plan, schedule) || counts_elsewhere(schedule)
    }

    /// The resume may build it again, by the same function.
    fn is_built_there(&self, id: ScheduleId) -> bool {
        let span = self.plan.schedule(id).span;
        let mut again = run::schedules(self.plan).filter(|(_, other)| other.span == span);
        again.any(|(other, _)| self.is_told(other))
    }

    /// A place where any may be stepped brings them all to a position.
    fn is_brought(&self, id: ScheduleId) -> bool {
        let all = &self.script.brought_to_position;
        all.iter().any(|schedules| schedules.is_empty() || schedules.contains(&id))
    }

    fn is_renewed(&self, id: ScheduleId) -> bool {
        self.sites.iter().any(|site| site.step.schedules.contains(&id) && run::is_renewed(site, id))
    }

    fn is_unbuilt(&self, id: ScheduleId) -> bool {
        self.plan.schedule(id).evidence == Evidence::Named
    }
}

/// Whether its LR is that of a function which does not look at the count it is given: `lambda _: factor(step)`.
fn counts_elsewhere(schedule: &ScheduleFacts) -> bool {
    let ignores = |argument: &Argument| match &argument.value {
        ArgumentValue::Function(function) => function.parameters.first().is_some_and(|first| first.starts_with('_')),
        _ => false,
    };
    schedule.arguments.iter().any(ignores)
}

/// Whether `last_epoch` is given a variable that takes the epoch of the checkpoint only later.
fn is_told_too_early(plan: &Plan, schedule: &ScheduleFacts) -> bool {
    let script = &plan.script;
    let Some(told) = schedule.argument("last_epoch") else { return false };
    let is_taken = |name: &String| {
        let mut words = told.text.split(|char: char| !(char.is_alphanumeric() || char == '_' || char == '.'));
        // What an object keeps may be set by a method that stands anywhere.
        !name.contains('.') && words.any(|word| word == name)
    };
    let mut epochs = script.states.iter().filter(|state| state.restored && state.of == Stateful::Epoch).peekable();
    script.takes_epoch.iter().any(is_taken)
        && epochs.peek().is_some()
        && epochs.all(|epoch| epoch.span.source == schedule.span.source && epoch.span.start > schedule.span.end)
        && !restored_before(plan, schedule.span)
}
