//! The picture of a dispute's ladder: from below a rung for the parties, for each body and for the ends, and on each where
//! the dispute has been, where it is, and where it may come next. Drawn from the case's own definition, and said in words.

use maud::{Markup, html};

use super::texts;
use crate::app::view::{LadderPlace, Rung};
use crate::workflow::diagram::wrapped;

/// The width of the picture, in its own units.
const WIDTH: usize = 340;
/// The width of a box.
const BOX: usize = 262;
/// The height of a box with one line of words, and what each further line adds.
const LINE: usize = 18;
/// Above and below the words of a box.
const PADDING: usize = 9;
/// Between boxes, and above a rung's title.
const GAP: usize = 10;
/// How far a rung's title is from its boxes.
const TITLE: usize = 22;
/// Characters on a line of a box.
const WRAP: usize = 32;

/// A box of the picture.
struct Drawn<'a> {
    place: &'a LadderPlace,
    lines: Vec<String>,
    top: usize,
    height: usize,
}

impl Drawn<'_> {
    fn middle(&self) -> usize {
        self.top + self.height / 2
    }
}

/// The picture, and the same in words; nothing where there is no ladder.
pub fn ladder(rungs: &[Rung]) -> Markup {
    html! {
        @if !rungs.is_empty() {
            section .ladder aria-labelledby="ladder" {
                h2 #ladder { (texts::LADDER) }
                (picture(rungs))
                details {
                    summary { (texts::LADDER_IN_WORDS) }
                    ol reversed { @for rung in rungs.iter().rev() { li { (in_words(rung)) } } }
                }
            }
        }
    }
}

fn in_words(rung: &Rung) -> Markup {
    html! {
        (rung.title)
        @if !rung.places.is_empty() {
            ul {
                @for place in &rung.places {
                    li aria-current=[place.here.then_some("step")] {
                        (place.state.title)
                        @if place.here { ", " (texts::HERE_NOW) } @else if place.reached { ", " (texts::BEEN_HERE) }
                        @if !place.by.is_empty() { ", " (texts::MAY_FOLLOW) " " (place.by.join("; ")) }
                    }
                }
            }
        }
    }
}

fn picture(rungs: &[Rung]) -> Markup {
    let (mut y, mut titles, mut boxes) = (0, Vec::new(), Vec::new());
    for rung in rungs.iter().rev() {
        titles.push((rung, y + LINE));
        y += TITLE + GAP / 2;
        for place in rung.places.iter().rev() {
            let lines = wrapped(&place.state.title, WRAP);
            let height = 2 * PADDING + LINE * lines.len();
            boxes.push(Drawn { place, lines, top: y, height });
            y += height + GAP;
        }
        y += GAP / 2;
    }
    let here = boxes.iter().find(|drawn| drawn.place.here).map(Drawn::middle);
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (y) } role="img" aria-labelledby="ladder" {
            defs {
                marker #head viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto" {
                    path .head d="M0 0L8 4L0 8z" {}
                }
            }
            @for (rung, base) in &titles {
                path .rung d={ "M0 " (base + 5) "H" (WIDTH) } {}
                text .title .reached[rung.reached] x="0" y=(base) { (rung.title) }
            }
            @for drawn in &boxes { (drawn_box(drawn)) }
            @for (n, drawn) in boxes.iter().filter(|drawn| !drawn.place.by.is_empty()).enumerate() {
                @if let Some(here) = here { (way(here, drawn.middle(), n)) }
            }
        }
    }
}

fn drawn_box(drawn: &Drawn) -> Markup {
    let place = drawn.place;
    let class = if place.here {
        "here"
    } else if place.reached {
        "been"
    } else {
        "next"
    };
    html! {
        g class=(class) {
            rect x="1" y=(drawn.top) width=(BOX) height=(drawn.height) rx="6" {}
            @for (n, line) in drawn.lines.iter().enumerate() {
                text x="12" y=(drawn.top + PADDING + LINE * (n + 1) - 5) { (line) }
            }
        }
    }
}

/// A way from where the dispute is to where it may come: to the right of the boxes, the further ones outside the nearer.
fn way(from: usize, to: usize, n: usize) -> Markup {
    let edge = BOX + 3;
    let out = edge + 24 + (n * 8).min(WIDTH - edge - 26);
    html! { path .way marker-end="url(#head)" d={ "M" (edge) " " (from) "C" (out) " " (from) " " (out) " " (to) " " (edge) " " (to) } {} }
}
