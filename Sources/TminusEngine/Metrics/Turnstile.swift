/// Lets one caller at a time through, in the order they came. Lives in one actor's isolation.
final class Turnstile {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var next = 0

    func enter(isolation: isolated (any Actor)? = #isolation) async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        guard next < waiting.count else {
            waiting.removeAll(keepingCapacity: true)
            next = 0
            isTaken = false
            return
        }
        let continuation = waiting[next]
        next += 1
        continuation.resume()
    }
}
