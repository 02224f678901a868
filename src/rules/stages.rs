//! What rules ask about the programs that a command starts one after the other.
//!
//! A program that another one starts counts like one that the link starts itself: who would hide
//! it there means it no better.

use super::subject::Subject;
use crate::command::{self, Stage, Tier};

impl Subject<'_> {
    /// Every stage below the command, the outer before the inner. They are few and nest little
    /// (see `command::unfold`).
    pub(super) fn stages(&self) -> Vec<&Stage> {
        let mut stages = Vec::new();
        let mut waiting: Vec<&Stage> = Vec::new();
        let resolved = self.resolved.iter();
        waiting.extend(resolved.flat_map(|resolved| resolved.command.stages.iter().rev()));
        while let Some(stage) = waiting.pop() {
            stages.push(stage);
            waiting.extend(stage.stages.iter().rev());
        }
        stages
    }

    /// The image of the first stage of that tier.
    pub(super) fn stage_of(&self, tier: Tier) -> Option<&str> {
        self.stage_with(|stem| command::tier(stem) == Some(tier))
    }

    /// The image of the first stage that is a program of the lists and whose name is no word.
    pub(super) fn known_stage(&self) -> Option<&str> {
        self.stage_with(|stem| command::tier(stem).is_some() && !command::is_ambiguous(stem))
    }

    fn stage_with(&self, is_wanted: impl Fn(&str) -> bool) -> Option<&str> {
        let stages = self.stages().into_iter();
        let mut images = stages.filter_map(|stage| stage.image.as_deref());
        images.find(|image| is_wanted(command::stem(image)))
    }

    /// The first image of that tier, of the command itself or of a stage.
    pub(super) fn starts_a(&self, tier: Tier) -> Option<&str> {
        let own = || {
            let image = self.image().unwrap_or_default();
            (self.tier() == Some(tier)).then_some(image)
        };
        self.starts()
            .then(|| own().or_else(|| self.stage_of(tier)))
            .flatten()
    }

    /// Each program with what it is given and the code in that, in clear: the stem of its image
    /// and a text.
    pub(super) fn texts_in_clear(&self) -> Vec<(&str, &str)> {
        let mut texts = Vec::new();
        if let Some(resolved) = &self.resolved {
            let command = &resolved.command;
            let own = [command.arguments.as_deref(), command.script.as_deref()];
            texts.extend(own.into_iter().flatten().map(|text| (self.stem(), text)));
        }
        for stage in self.stages() {
            let stem = stage.image.as_deref().map(command::stem);
            let stem = stem.unwrap_or_default();
            let own = [stage.arguments.as_deref(), stage.script.as_deref()];
            texts.extend(own.into_iter().flatten().map(|text| (stem, text)));
        }
        texts
    }

    /// What the first of these texts gives.
    pub(super) fn first_in_clear(
        &self,
        look: impl Fn(&str, &str) -> Option<String>,
    ) -> Option<String> {
        let mut texts = self.texts_in_clear().into_iter();
        texts.find_map(|(stem, text)| look(stem, text))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Case, Part, RULES};
    use super::*;
    use crate::command::Pool;
    use crate::link::Link;

    fn stage(image: &str, arguments: &str, stages: Vec<Stage>) -> Stage {
        Stage {
            image: Some(image.to_owned()),
            arguments: Some(arguments.to_owned()),
            stages,
            ..Stage::default()
        }
    }

    /// A program that nobody knows, which starts these.
    fn subject<'a>(link: &'a Link, pool: &Pool, stages: Vec<Stage>) -> Subject<'a> {
        let mut subject = Subject::new(link, link.readings.first(), pool);
        subject.resolved.as_mut().unwrap().command.stages = stages;
        subject
    }

    fn fired(subject: &Subject<'_>) -> Vec<&'static str> {
        let rules = RULES.iter().filter(|rule| rule.part != Part::Floor);
        let fires = rules.filter(|rule| (rule.look)(subject).is_some());
        fires.map(|rule| rule.id).collect()
    }

    #[test]
    fn a_program_below_counts_like_the_first_one() {
        let link = Case::dde("tool", "x").link();
        let pool = Pool::new(u64::MAX);
        let inner = stage("powershell.exe", "-w hidden -enc QQA=", vec![]);
        let outer = stage("other.exe", "y", vec![inner]);
        let stages = vec![stage("first.exe", "", vec![]), outer];
        let subject = subject(&link, &pool, stages);
        let images: Vec<_> = subject
            .stages()
            .iter()
            .map(|s| s.image.as_deref())
            .collect();
        let names = ["first.exe", "other.exe", "powershell.exe"];
        assert_eq!(images, names.map(Some));
        let fired = fired(&subject);
        for rule in [
            "interpreter",
            "powershell-features",
            "hidden-window",
            "encoded-command",
        ] {
            assert!(fired.contains(&rule), "{rule}: {fired:?}");
        }
    }

    #[test]
    fn tools_and_test_programs_below_count_too() {
        let link = Case::dde("tool", "x").link();
        let pool = Pool::new(u64::MAX);
        for (image, rule) in [
            ("schtasks.exe", "system-tool"),
            ("calc.exe", "test-program"),
        ] {
            let subject = subject(&link, &pool, vec![stage(image, "", vec![])]);
            assert!(fired(&subject).contains(&rule), "{rule}");
        }
        let subject = subject(&link, &pool, vec![stage("viewer.exe", "a", vec![])]);
        assert_eq!(fired(&subject), ["unknown-service"]);
    }

    #[test]
    fn deep_trees_are_walked_in_order() {
        let link = Case::dde("tool", "x").link();
        let pool = Pool::new(u64::MAX);
        let deep = (0..64).fold(Vec::new(), |inner, n| {
            vec![stage(&format!("{n}.exe"), "", inner)]
        });
        let subject = subject(&link, &pool, deep);
        assert_eq!(subject.stages().len(), 64);
        assert_eq!(subject.stages()[0].image.as_deref(), Some("63.exe"));
    }
}
