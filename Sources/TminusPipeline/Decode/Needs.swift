import TminusModel

/// What each step waits for: as written, or the step before it.
struct Needs {
    /// By step; ascending, without repetition.
    private(set) var needs: [[StepIndex]] = []

    init(_ steps: StepDrafts, _ decoding: inout Decoding) {
        let drafts = steps.drafts
        needs.reserveCapacity(drafts.count)
        // By step, the last that needed it: to see at once what is written twice.
        var neededBy = [StepIndex](repeating: -1, count: drafts.count)
        for (index, draft) in drafts.enumerated() {
            if let opened = draft.closes {
                let positions = [steps.positions[opened] ?? index - 1, index - 1]
                needs.append(Array(Set(positions)).filter { $0 >= 0 && $0 != index }.sorted())
            } else if let written = draft.node["needs"] {
                needs.append(Self.written(written, of: index, steps, &neededBy, &decoding))
            } else if index > 0, drafts[index - 1].phase == draft.phase {
                needs.append([index - 1])
            } else {
                needs.append([])
            }
        }
        reportCycle(steps, &decoding)
    }

    private static func written(
        _ node: YAMLNode, of index: StepIndex, _ steps: StepDrafts, _ neededBy: inout [StepIndex],
        _ decoding: inout Decoding
    ) -> [StepIndex] {
        let draft = steps.drafts[index]
        let place = "'needs' of step '\(draft.name)'"
        var found: [StepIndex] = []
        for need in node.oneOrMore {
            guard let position = steps.position(of: need, for: place, &decoding) else { continue }
            if position == index {
                decoding.error(at: need, "step '\(draft.name)' needs itself", fix: "remove it")
            } else if steps.drafts[position].phase > draft.phase {
                decoding.error(
                    at: need, "step '\(draft.name)' cannot wait for '\(need.text)' of a later phase",
                    fix: "move one of the two into the other's phase")
            } else if neededBy[position] == index {
                decoding.error(at: need, "'\(need.text)' is written twice", fix: "remove one")
            } else {
                neededBy[position] = index
                found.append(position)
            }
        }
        return found.sorted()
    }

    // MARK: - Cycles

    private enum Colour { case unseen, open, done }

    /// Walks the needs depth first, without recursion: a chain of ten thousand steps is a sane pipeline.
    private func reportCycle(_ steps: StepDrafts, _ decoding: inout Decoding) {
        var colours = [Colour](repeating: .unseen, count: needs.count)
        for start in needs.indices where colours[start] == .unseen {
            var stack: [(step: StepIndex, next: Int)] = [(start, 0)]
            colours[start] = .open
            while let (step, next) = stack.last {
                guard next < needs[step].count else {
                    colours[step] = .done
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let need = needs[step][next]
                switch colours[need] {
                case .unseen:
                    colours[need] = .open
                    stack.append((need, 0))
                case .done: break
                case .open:
                    let path = stack.map(\.step).drop { $0 != need } + [need]
                    return report(Array(path), steps, &decoding)
                }
            }
        }
    }

    /// `path` begins and ends with the same step; each needs the one after it.
    private func report(_ path: [StepIndex], _ steps: StepDrafts, _ decoding: inout Decoding) {
        let shownMax = 12
        var names = path.map { steps.drafts[$0].name }
        if names.count > shownMax {
            names = names.prefix(shownMax - 2) + ["… (\(names.count - shownMax) more)"] + names.suffix(2)
        }
        guard let first = path.first else { return }
        let draft = steps.drafts[path.first { steps.drafts[$0].node["needs"] != nil } ?? first]
        let key = draft.node.entry("needs")?.key ?? draft.key
        decoding.error(
            at: key, "the steps wait for each other in a circle: \(names.joined(separator: " → "))",
            fix: "remove one of these needs")
    }

    // MARK: - Reach

    /// Which steps can only start after one of `roots` is done: those that need one, directly or not, and all of later
    /// phases. The roots themselves are not among them, unless they need each other.
    func after(_ roots: [StepIndex], _ steps: StepDrafts) -> [Bool] {
        var dependents = [[StepIndex]](repeating: [], count: needs.count)
        for (index, needed) in needs.enumerated() {
            for need in needed { dependents[need].append(index) }
        }
        var isAfter = [Bool](repeating: false, count: needs.count)
        var open = roots
        while let step = open.popLast() {
            for dependent in dependents[step] where !isAfter[dependent] {
                isAfter[dependent] = true
                open.append(dependent)
            }
        }
        guard let first = roots.map({ steps.drafts[$0].phase }).min() else { return isAfter }
        for index in isAfter.indices where steps.drafts[index].phase > first { isAfter[index] = true }
        return isAfter
    }
}
