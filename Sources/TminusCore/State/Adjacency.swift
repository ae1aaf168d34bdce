import TminusModel

/// Who needs a step: all edges in two flat arrays, so that a plan of 90,000 edges is two allocations.
struct Adjacency: Sendable {
    private var starts: [Int32]
    private var targets: [Int32]

    init(plan: Plan) {
        var counts = [Int32](repeating: 0, count: plan.steps.count + 1)
        var edges = 0
        for step in plan.steps {
            for need in step.needs { counts[need + 1] += 1 }
            edges += step.needs.count
        }
        for index in 1..<counts.count { counts[index] += counts[index - 1] }
        starts = counts
        targets = [Int32](repeating: 0, count: edges)
        var next = counts
        for (index, step) in plan.steps.enumerated() {
            for need in step.needs {
                targets[Int(next[need])] = Int32(index)
                next[need] += 1
            }
        }
    }

    /// The steps that need `step`, ascending.
    subscript(step: StepIndex) -> some Sequence<Int> {
        targets[Int(starts[step])..<Int(starts[step + 1])].lazy.map(Int.init)
    }

    func count(of step: StepIndex) -> Int { Int(starts[step + 1] - starts[step]) }
}

/// A binary heap of step indices: the lowest (earliest written) comes first, whatever order they became ready in.
struct IndexHeap: Equatable, Sendable {
    private var items: [StepIndex] = []

    var isEmpty: Bool { items.isEmpty }
    var first: StepIndex? { items.first }
    var count: Int { items.count }

    mutating func insert(_ item: StepIndex) {
        items.append(item)
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child] < items[parent] else { return }
            items.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop(ifFirst item: StepIndex) {
        if items.first == item { _ = popFirst() }
    }

    mutating func popFirst() -> StepIndex? {
        guard let first = items.first else { return nil }
        let last = items.removeLast()
        if items.isEmpty { return first }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child] < items[least] {
                least = child
            }
            if least == parent { return first }
            items.swapAt(parent, least)
            parent = least
        }
    }
}
