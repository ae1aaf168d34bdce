/// What will happen, by time, then by the order it was put down.
struct Agenda {
    struct Entry {
        var at: Int64
        var order: Int
        var happening: Happening
    }

    private var items: [Entry] = []
    private var orders = 0

    var isEmpty: Bool { items.isEmpty }

    mutating func put(_ happening: Happening, at time: Int64) {
        orders += 1
        items.append(Entry(at: time, order: orders, happening: happening))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { return }
            items.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> Entry? {
        guard let first = items.first else { return nil }
        let last = items.removeLast()
        if items.isEmpty { return first }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < items.count, isBefore(left, least) { least = left }
            if left + 1 < items.count, isBefore(left + 1, least) { least = left + 1 }
            if least == parent { return first }
            items.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        items[left].at != items[right].at ? items[left].at < items[right].at : items[left].order < items[right].order
    }
}
