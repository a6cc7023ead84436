//! Where boxes and lines go: rows by the shortest distance from the beginning, long lines led through the rows between by
//! invisible places, and places ordered so that lines cross seldom.

/// Width of a box.
pub const BOX: f64 = 200.0;
/// Height of a box.
pub const HEIGHT: f64 = 58.0;
/// From one row to the next.
pub const ROW: f64 = 128.0;

const GAP: f64 = 28.0;
const LANE: f64 = 26.0;
const SWEEPS: usize = 24;

/// A line, and the places that it passes, box to box.
pub struct Line {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The middle of each place that it passes, from the first to the last.
    pub points: Vec<(f64, f64)>,
}

/// The picture.
pub struct Layout {
    /// The middle of each box.
    pub boxes: Vec<(f64, f64)>,
    /// The lines.
    pub lines: Vec<Line>,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// A place in a row: a box, or a lane that a long line passes through.
struct Place {
    row: usize,
    x: f64,
    width: f64,
    next_to: Vec<usize>,
}

/// Lays out boxes in the rows given for them, and the lines between them.
pub fn layout(rows: &[usize], lines: &[(usize, usize)]) -> Layout {
    let mut places: Vec<Place> =
        rows.iter().map(|row| Place { row: *row, x: 0.0, width: BOX, next_to: Vec::new() }).collect();
    let chains: Vec<Vec<usize>> = lines.iter().map(|(from, to)| chain(&mut places, *from, *to)).collect();
    let last = rows.iter().copied().max().unwrap_or(0);
    let mut order: Vec<Vec<usize>> =
        (0..=last).map(|row| (0..places.len()).filter(|place| places[*place].row == row).collect()).collect();
    order.iter().for_each(|row| spread(&mut places, row, false));
    for sweep in 0..SWEEPS {
        // Up and down in turn, so that each row follows its neighbours on both sides.
        let number = order.len();
        for n in 0..number {
            let row = if sweep % 2 == 0 { n } else { number - 1 - n };
            let wished: Vec<f64> = places.iter().map(|place| wish(&places, place)).collect();
            order[row].sort_by(|a, b| wished[*a].total_cmp(&wished[*b]));
            order[row].iter().for_each(|place| places[*place].x = wished[*place]);
            spread(&mut places, &order[row], true);
        }
    }
    finish(&places, rows.len(), lines, chains)
}

/// The places of a line; one lane in each row between.
fn chain(places: &mut Vec<Place>, from: usize, to: usize) -> Vec<usize> {
    let (first, last) = (places[from].row, places[to].row);
    let between: Vec<usize> =
        if first < last { (first + 1..last).collect() } else { (last + 1..first).rev().collect() };
    let mut chain = vec![from];
    for row in between {
        places.push(Place { row, x: 0.0, width: LANE, next_to: Vec::new() });
        chain.push(places.len() - 1);
    }
    chain.push(to);
    // Two boxes of one row do not pull each other: they would only end up on one spot.
    for pair in chain.windows(2).filter(|_| first != last) {
        places[pair[0]].next_to.push(pair[1]);
        places[pair[1]].next_to.push(pair[0]);
    }
    chain
}

/// Where a place would like to be: in the middle of what it is joined to.
fn wish(places: &[Place], place: &Place) -> f64 {
    if place.next_to.is_empty() {
        return place.x;
    }
    place.next_to.iter().map(|other| places[*other].x).sum::<f64>() / place.next_to.len() as f64
}

/// Moves the places of a row apart, keeping their order; around what they wished for, where they wished.
fn spread(places: &mut [Place], row: &[usize], wished: bool) {
    let before: f64 = row.iter().map(|place| places[*place].x).sum();
    for pair in row.windows(2) {
        let apart = (places[pair[0]].width + places[pair[1]].width) / 2.0 + GAP;
        places[pair[1]].x = places[pair[1]].x.max(places[pair[0]].x + apart);
    }
    let after: f64 = row.iter().map(|place| places[*place].x).sum();
    let back = (after - if wished { before } else { 0.0 }) / row.len().max(1) as f64;
    row.iter().for_each(|place| places[*place].x -= back);
}

fn finish(places: &[Place], boxes: usize, lines: &[(usize, usize)], chains: Vec<Vec<usize>>) -> Layout {
    let left = places.iter().map(|place| place.x - place.width / 2.0).fold(f64::INFINITY, f64::min);
    let right = places.iter().map(|place| place.x + place.width / 2.0).fold(f64::NEG_INFINITY, f64::max);
    let last = places.iter().map(|place| place.row).max().unwrap_or(0);
    let middle = |place: &Place| (place.x - left + GAP, (place.row as f64) * ROW + HEIGHT / 2.0 + GAP);
    let points = |chain: Vec<usize>| chain.into_iter().map(|place| middle(&places[place])).collect();
    let mut lines: Vec<Line> = lines
        .iter()
        .zip(chains)
        .map(|((from, to), chain)| Line { from: *from, to: *to, points: points(chain) })
        .collect();
    ports(&mut lines, boxes);
    Layout {
        boxes: places[..boxes].iter().map(middle).collect(),
        lines,
        width: right - left + 2.0 * GAP,
        height: last as f64 * ROW + HEIGHT + 2.0 * GAP,
    }
}

/// Moves the ends of lines to the edges of their boxes, side by side in the order of where they lead. A line within a row
/// goes below it.
fn ports(lines: &mut [Line], boxes: usize) {
    let middles: Vec<Vec<(f64, f64)>> = lines.iter().map(|line| line.points.clone()).collect();
    for of in 0..boxes {
        for below in [true, false] {
            let mut ends = Vec::new();
            for (n, (line, points)) in lines.iter().zip(&middles).enumerate() {
                let (first, last) = (0, points.len() - 1);
                for (end, next, _) in
                    [(first, 1, line.from), (last, last - 1, line.to)].into_iter().filter(|end| end.2 == of)
                {
                    if (points[next].1 >= points[end].1) == below {
                        ends.push((n, end, points[next].0));
                    }
                }
            }
            ends.sort_by(|a, b| a.2.total_cmp(&b.2));
            let apart = (BOX - 30.0) / (ends.len() as f64 + 1.0);
            let edge = if below { HEIGHT / 2.0 } else { -HEIGHT / 2.0 };
            for (place, (n, end, _)) in ends.into_iter().enumerate() {
                let point = &mut lines[n].points[end];
                *point = (point.0 - BOX / 2.0 + 15.0 + apart * (place as f64 + 1.0), point.1 + edge);
            }
        }
    }
}
