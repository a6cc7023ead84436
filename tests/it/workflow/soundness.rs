//! Random machines: what the checker says of reachability is what a brute-force search says.

use proptest::prelude::*;

use super::load_alone;

/// A machine of `states` states, of which `finals` are final and the first is where a case begins.
#[derive(Debug, Clone)]
struct Machine {
    finals: Vec<bool>,
    moves: Vec<(usize, usize)>,
}

fn machine() -> impl Strategy<Value = Machine> {
    (2_usize..9).prop_flat_map(|states| {
        let finals = prop::collection::vec(prop::bool::weighted(0.3), states);
        let moves = prop::collection::vec((0..states, 0..states), 0..2 * states);
        (finals, moves).prop_map(|(mut finals, mut moves)| {
            finals[0] = false;
            moves.retain(|(from, _)| !finals[*from]);
            Machine { finals, moves }
        })
    })
}

impl Machine {
    fn yaml(&self) -> String {
        let waits = "turn: {party: sender, role: handler}";
        let states = self.finals.iter().enumerate().map(|(n, is_final)| {
            format!("  s{n}: {{title: S{n}, {}}}\n", if *is_final { format!("final: f{n}") } else { waits.to_owned() })
        });
        let moves = self.moves.iter().enumerate().map(|(n, (from, to))| {
            format!(
                "  - {{id: t{n}, title: T{n}, from: s{from}, target: s{to}, by: {{party: sender, role: handler}}}}\n"
            )
        });
        let waiting: Vec<_> = (0..self.finals.len()).filter(|n| !self.finals[*n]).map(|n| format!("s{n}")).collect();
        format!(
            "format: 1\nworkflow: m\nversion: 1\ntitle: M\nbasis: []\nparties: {{sender: {{title: A}}}}\nroles: [handler]\n\
             fields: {{}}\nstart:\n  - {{id: go, title: Go, target: s0, by: {{party: sender, role: handler}}}}\n\
             states:\n{}transitions:\n{}deadlines:\n  d: {{title: D, while: [{}], after: 5d, source: ours, \
             remind: [{{at: 0d, to: {{role: handler, party: sender}}}}]}}\n",
            states.collect::<String>(),
            if self.moves.is_empty() { "  []\n".to_owned() } else { moves.collect() },
            waiting.join(", "),
        )
    }

    /// Warshall's closure: whether there is a way of any length, none included.
    fn ways(&self) -> Vec<Vec<bool>> {
        let count = self.finals.len();
        let mut ways: Vec<Vec<bool>> = (0..count)
            .map(|from| (0..count).map(|to| from == to || self.moves.contains(&(from, to))).collect())
            .collect();
        for over in 0..count {
            for from in 0..count {
                for to in 0..count {
                    ways[from][to] |= ways[from][over] && ways[over][to];
                }
            }
        }
        ways
    }

    fn faults(&self) -> Vec<(String, &'static str)> {
        if !self.finals.contains(&true) {
            return vec![("states".to_owned(), "structure/no-final-state")];
        }
        let ways = self.ways();
        let ends = |from: usize| (0..self.finals.len()).any(|to| self.finals[to] && ways[from][to]);
        let fault = |state: usize| match (ways[0][state], ends(state)) {
            (false, _) => Some("structure/unreachable-state"),
            (true, false) => Some("structure/no-way-to-end"),
            (true, true) => None,
        };
        (0..self.finals.len()).filter_map(|state| fault(state).map(|class| (format!("s{state}"), class))).collect()
    }

    /// Whether the ids of a witness lead from the beginning to the state.
    fn leads(&self, witness: &[String], state: &str) -> bool {
        let mut at = 0;
        for id in &witness[1..] {
            let (from, to) = self.moves[id[1..].parse::<usize>().unwrap()];
            if from != at {
                return false;
            }
            at = to;
        }
        witness[0] == "go" && format!("s{at}") == state
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn reachability_is_what_brute_force_says(machine in machine()) {
        let text = machine.yaml();
        let problems = load_alone("m.yaml", &text).map_or_else(|problems| problems, |loaded| loaded.warnings);
        let of_reachability = ["structure/no-final-state", "structure/unreachable-state", "structure/no-way-to-end"];
        let mut found = Vec::new();
        for problem in problems.iter().filter(|problem| of_reachability.contains(&problem.rule())) {
            let line = text.lines().nth(problem.position.line - 1).unwrap();
            let state = line.trim().split(':').next().unwrap().to_owned();
            if let Some(witness) = &problem.witness {
                prop_assert!(machine.leads(witness, &state), "{problem}\n{text}");
            }
            found.push((state, problem.rule()));
        }
        if machine.finals.contains(&true) || !machine.ways()[0].contains(&false) {
            prop_assert_eq!(found, machine.faults(), "{}", text);
        } else {
            prop_assert!(found.iter().any(|(_, class)| *class == "structure/no-final-state"));
        }
    }
}
