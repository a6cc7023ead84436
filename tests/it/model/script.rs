//! What happens in a script, as numbers that mean something wherever the script stands: who, which case, which step are
//! chosen from what there is at that moment. So every script can be played, and so can every shorter one: a failure shrinks.

use proptest::prelude::*;

/// The longest script.
pub const LONGEST: usize = 80;

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Move {
    /// Somebody opens a case.
    Open { kind: u8, who: u8, dice: u16 },
    /// Somebody takes a step that she is told she can take.
    Take { case: u8, who: u8, which: u8, dice: u16 },
    /// Somebody tries a step, whatever she is told.
    Try { case: u8, who: u8, which: u8, dice: u16 },
    /// Somebody takes a step she could take in the case that she saw before others changed it.
    Stale { case: u8, who: u8, which: u8, dice: u16, behind: u8 },
    /// A command arrives once more under its key, or another one does under that key.
    Again { which: u8, other: bool },
    /// A principal takes its confirmation back.
    Withdraw { case: u8, who: u8 },
    /// Somebody writes a note.
    Note { case: u8, who: u8, own: bool },
    /// A text is removed.
    Remove { case: u8, which: u8 },
    /// Time passes, and the jobs run or are down.
    Wait { hours: u16, down: bool },
    /// Something in the organisation changes: a role ends or is given back, somebody goes away, somebody wants digests.
    Staff { case: u8, what: u8, dice: u16 },
    /// A case is driven towards something, by whoever can, for so many steps.
    Drive { case: u8, who: u8, goal: u8, steps: u8, dice: u16 },
    /// Somebody attaches a document.
    Attach { case: u8, who: u8, own: bool },
    /// A day becomes a closing day.
    Close { days: u8 },
    /// A closing day is none any more.
    Reopen { which: u8 },
    /// New cases get the next version of a workflow.
    Publish { which: u8 },
    /// Running cases go over by a plan.
    Migrate { plan: u8 },
}

/// Any script. People act most, and time passes in between.
pub fn scripts() -> impl Strategy<Value = Vec<Move>> {
    proptest::collection::vec(moves(), 8..=LONGEST)
}

fn moves() -> impl Strategy<Value = Move> {
    let hours = prop_oneof![3 => 0..60u16, 3 => 60..400u16, 2 => 400..2400u16];
    prop_oneof![
        6 => any::<(u8, u8, u16)>().prop_map(|(kind, who, dice)| Move::Open { kind, who, dice }),
        10 => any::<(u8, u8, u8, u16)>().prop_map(|(case, who, which, dice)| Move::Take { case, who, which, dice }),
        4 => any::<(u8, u8, u8, u16)>().prop_map(|(case, who, which, dice)| Move::Try { case, who, which, dice }),
        2 => any::<(u8, u8, u8, u16, u8)>()
            .prop_map(|(case, who, which, dice, behind)| Move::Stale { case, who, which, dice, behind }),
        2 => any::<(u8, bool)>().prop_map(|(which, other)| Move::Again { which, other }),
        2 => any::<(u8, u8)>().prop_map(|(case, who)| Move::Withdraw { case, who }),
        1 => any::<(u8, u8, bool)>().prop_map(|(case, who, own)| Move::Note { case, who, own }),
        2 => any::<(u8, u8)>().prop_map(|(case, which)| Move::Remove { case, which }),
        8 => (hours, prop::bool::weighted(0.15)).prop_map(|(hours, down)| Move::Wait { hours, down }),
        4 => any::<(u8, u8, u16)>().prop_map(|(case, what, dice)| Move::Staff { case, what, dice }),
        16 => (any::<(u8, u8, u8, u16)>(), 2..12u8)
            .prop_map(|((case, who, goal, dice), steps)| Move::Drive { case, who, goal, steps, dice }),
        2 => any::<(u8, u8, bool)>().prop_map(|(case, who, own)| Move::Attach { case, who, own }),
        1 => (1..90u8).prop_map(|days| Move::Close { days }),
        2 => any::<u8>().prop_map(|which| Move::Reopen { which }),
        1 => any::<u8>().prop_map(|which| Move::Publish { which }),
        3 => any::<u8>().prop_map(|plan| Move::Migrate { plan }),
    ]
}
