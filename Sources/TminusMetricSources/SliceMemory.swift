import Synchronization
import TminusModel
import TminusPorts

/// Slices of the past that were asked one by one, so that each is asked once: a month of minutes is 43,200 questions.
///
/// Only counts of slices that ended `settledAge` before the end of a question are kept; what happened lately may still
/// be counted differently.
final class SliceMemory: Sendable {
    static let settledAge: Duration = .seconds(3_600)
    /// Kinds of questions kept, and slices of each; the one longest unused, and the oldest, go.
    static let questionsMax = 32
    static let slicesMax = 50_000

    /// What is the same for all slices of a question.
    struct Name: Hashable {
        /// The address, or the program with its folder.
        var place: String
        var indicator: Indicator
        var service: String
        var arm: String
        var slice: Duration

        init(_ place: String, _ question: CountQuestion) {
            self.place = place
            indicator = question.indicator
            service = question.service
            arm = question.arm
            slice = question.slice
        }
    }

    private struct Kept {
        var slices: [Instant: GoodTotal] = [:]
        var usedAt = 0
    }
    private let kept = Mutex<(all: [Name: Kept], uses: Int)>(([:], 0))

    func counts(_ name: Name, from: Instant) -> GoodTotal? {
        kept.withLock { $0.all[name]?.slices[from] }
    }

    /// Those of a question that have settled.
    func keep(_ name: Name, _ readings: [(from: Instant, reading: ArmReading)], settledBy: Instant) {
        let settled = readings.compactMap { slice -> (Instant, GoodTotal)? in
            guard case .counts(let counts) = slice.reading, slice.from.advanced(by: name.slice) <= settledBy else {
                return nil
            }
            return (slice.from, counts)
        }
        guard !settled.isEmpty else { return }
        kept.withLock { kept in
            kept.uses += 1
            var own = kept.all[name] ?? Kept()
            own.usedAt = kept.uses
            for (from, counts) in settled { own.slices[from] = counts }
            if own.slices.count > Self.slicesMax {
                let oldest = own.slices.keys.sorted().prefix(own.slices.count - Self.slicesMax)
                for from in oldest { own.slices[from] = nil }
            }
            kept.all[name] = own
            if kept.all.count > Self.questionsMax,
                let least = kept.all.min(by: { $0.value.usedAt < $1.value.usedAt })?.key
            {
                kept.all[least] = nil
            }
        }
    }
}
