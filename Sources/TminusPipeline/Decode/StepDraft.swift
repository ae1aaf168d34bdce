import TminusModel

/// A step on its way into the plan: what was written, before names are positions.
struct StepDraft {
    let key: YAMLKey
    let node: YAMLNode
    /// Position in the plan's phases.
    let phase: Int
    /// The maintenance step that this one closes; nil for a step that was written.
    let closes: String?

    var name: String { closes.map { $0 + StepDraft.closingSuffix } ?? key.text }

    static let closingSuffix = "-end"

    /// The key that says what the step does.
    var kind: YAMLEntry? {
        node.entries.first { KeyTable.kindNames.contains($0.key.text) }
    }
}

/// The steps of all phases in plan order, with the closing steps of maintenance brackets put in.
struct StepDrafts {
    private(set) var drafts: [StepDraft] = []
    /// Position by name; of two steps with one name the first.
    private(set) var positions: [String: Int] = [:]

    /// Nobody closes a service more often in one release.
    static let bracketsMax = 100

    init(_ phases: [(name: String, steps: YAMLNode)], _ decoding: inout Decoding) {
        var written: [StepDraft] = []
        for (index, phase) in phases.enumerated() {
            written += phase.steps.entries.map {
                StepDraft(key: $0.key, node: $0.value, phase: index, closes: nil)
            }
        }
        let places = Dictionary(written.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        var brackets: [String: [StepDraft]] = [:]
        var bracketCount = 0
        for (index, draft) in written.enumerated() {
            guard let until = draft.node["maintenance"]?["until"] else { continue }
            bracketCount += 1
            if bracketCount == Self.bracketsMax + 1 {
                decoding.error(
                    at: draft.key, "more than \(Self.bracketsMax) maintenance steps", fix: "close the service once")
            }
            if bracketCount > Self.bracketsMax { continue }
            let name = draft.name + StepDraft.closingSuffix
            // A bracket that would end before it begins is reported with its 'until'.
            guard let place = places[until.text], place > index else { continue }
            if places[name] != nil {
                decoding.error(
                    at: draft.key, "the maintenance step '\(draft.name)' is closed by a step '\(name)', which is taken",
                    fix: "give one of the two another name")
            } else if name.utf8.count > 63 {
                decoding.error(
                    at: draft.key, "the closing step's name '\(name)' would be too long",
                    fix: "give the maintenance step a name of at most 59 characters")
            } else {
                brackets[until.text, default: []].append(draft)
            }
        }
        for draft in written {
            append(draft, &decoding)
            // Brackets close in the opposite order of their opening.
            for opened in (brackets[draft.name] ?? []).reversed() where opened.name != draft.name {
                let closing = StepDraft(key: opened.key, node: opened.node, phase: draft.phase, closes: opened.name)
                append(closing, &decoding)
            }
        }
    }

    private mutating func append(_ draft: StepDraft, _ decoding: inout Decoding) {
        if let first = positions[draft.name] {
            let place = drafts[first].key.mark
            decoding.error(
                at: draft.key, "a second step '\(draft.name)'; first at \(place.line):\(place.column)",
                fix: "give each step a name of its own, over all phases")
        } else {
            positions[draft.name] = drafts.count
        }
        drafts.append(draft)
    }

    var names: [String] { drafts.map(\.name) }

    /// The position of the step that `node` names; reports a name that no step has.
    func position(of node: YAMLNode, for purpose: String, _ decoding: inout Decoding) -> StepIndex? {
        if let position = positions[node.text] { return position }
        decoding.error(
            at: node, "\(purpose) names '\(node.text)', which is no step",
            fix: Nearest.fix(for: node.text, in: names, otherwise: "steps here are \(listed(names, joinedBy: "and"))"))
        return nil
    }
}
