package import TminusModel

/// What stands on a (service, environment), oldest below: the releases that were made and not taken back.
///
/// Going back takes the topmost away, so going back twice goes back one release further, and never forward again.
package struct ReleaseStack: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package var record: ReleaseRecord
        /// Runs that began to take it back and did not come to their end, oldest first; itself when its own rollback
        /// did not.
        package var unfinished: [String] = []

        /// Whether it went well: only then is it worth going back to.
        package var isGood: Bool { record.outcome == .succeeded }

        /// What people call it: its version, and its run.
        package var name: String { record.version.map { "\($0) (\(record.run))" } ?? record.run }
    }

    package private(set) var entries: [Entry] = []

    /// `records` are of one (service, environment), newest first.
    package init(_ records: [ReleaseRecord]) {
        for record in records.reversed() { add(record) }
    }

    /// The topmost good release whose commit is known: what a newer one brings is counted from there.
    package var withCommit: ReleaseRecord? { entries.last { $0.isGood && $0.record.commit != nil }?.record }

    private mutating func add(_ record: ReleaseRecord) {
        guard record.hadEffect else { return }
        if case .rollback(let run, _) = record.lineage {
            guard let index = entries.lastIndex(where: { $0.record.run == run }) else { return }
            if record.outcome == .succeeded {
                entries.remove(at: index)
            } else {
                entries[index].unfinished.append(record.run)
            }
            return
        }
        switch record.outcome {
        case .rolledBack: return
        case .succeeded, .failed, .aborted: entries.append(Entry(record: record))
        case .rollbackIncomplete: entries.append(Entry(record: record, unfinished: [record.run]))
        }
    }

    /// What is to be taken back, newest first, and what is in place afterwards.
    package struct Way: Equatable, Sendable {
        package var undone: [Entry]
        /// Nil when nothing that Tminus knows of lies below: only under a live run.
        package var restored: Entry?
    }

    /// The way back to `target` (a version or a run's name), or to the last known-good release without one. An entry
    /// whose taking back did not come to its end is in the way unless `forced` names one of its unfinished runs.
    ///
    /// - Parameter isUnderLive: a live run that has done something lies on top, and is turned around first: then the
    ///   last known-good release is the topmost good one.
    /// - Throws: why there is no way, and what to do instead.
    package func wayBack(
        to target: String?, of place: String, forced: String?, isUnderLive: Bool = false
    ) throws(Refusal) -> Way {
        guard let top = entries.last else {
            if isUnderLive, target == nil { return Way(undone: [], restored: nil) }
            throw Refusal(
                message: "no previous version: nothing that Tminus released to \(place) is in place there "
                    + "(tminus release list shows what was released where)")
        }
        let index: Int
        if let target {
            index = try position(of: target, place, isUnderLive: isUnderLive)
        } else if isUnderLive, top.isGood {
            index = entries.count - 1
        } else {
            index = try lastGoodBelow(top, place)
        }
        let way = Way(undone: entries[(index + 1)...].reversed(), restored: entries[index])
        for entry in way.undone { try Self.check(entry, forced) }
        return way
    }

    private func lastGoodBelow(_ top: Entry, _ place: String) throws(Refusal) -> Int {
        // What went wrong on top of a good release is taken back to that release; a good one is taken back itself.
        let below = top.isGood ? entries.indices.dropLast() : entries.indices
        guard let index = below.last(where: { entries[$0].isGood }) else {
            throw Refusal(
                message: "no previous version: \(top.name) is the first release to \(place) that Tminus knows of. "
                    + "To change what is there, go forward: tminus hotfix --tag TAG --incident INCIDENT")
        }
        return index
    }

    private func position(of target: String, _ place: String, isUnderLive: Bool) throws(Refusal) -> Int {
        let found = entries.lastIndex { entry in
            entry.isGood && (entry.record.run == target || entry.record.version == target)
        }
        guard let index = found else {
            let known = entries.filter(\.isGood).suffix(10).map(\.name).joined(separator: ", ")
            throw Refusal(
                message: "\(target) is no good release that lies below what is on \(place)"
                    + (known.isEmpty ? "" : "; these are, oldest first: \(known)"))
        }
        guard isUnderLive || index < entries.count - 1 else {
            throw Refusal(message: "\(entries[index].name) is in place on \(place) already; nothing lies above it")
        }
        return index
    }

    private static func check(_ entry: Entry, _ forced: String?) throws(Refusal) {
        guard let last = entry.unfinished.last, !entry.unfinished.contains(where: { $0 == forced }) else { return }
        throw Refusal(
            message: "\(last) began to take \(entry.name) back and did not come to its end (tminus run show \(last)). "
                + "Look at what it left; to go on with what is left to undo: --force-newer \(last)")
    }

    /// What is in place once `run` is taken back: the nearest good release below it.
    package func restored(afterUndoing run: String) -> Entry? {
        guard let index = entries.firstIndex(where: { $0.record.run == run }) else { return nil }
        return entries[..<index].last(where: \.isGood)
    }

    /// Why `run` may not be taken back; nil when it lies on top.
    ///
    /// `forced` names the newest run above it that whoever asks has seen.
    package func refusal(toUndo run: String, of place: String, forced: String?) -> Refusal? {
        guard let index = entries.firstIndex(where: { $0.record.run == run }) else {
            return Refusal(message: "\(run) left nothing on \(place) that is still in place")
        }
        let entry = entries[index]
        guard entries[..<index].contains(where: \.isGood) else {
            return Refusal(
                message: "no previous version: \(entry.name) is the first release to \(place) that Tminus knows of. "
                    + "To change what is there, go forward: tminus hotfix --tag TAG --incident INCIDENT")
        }
        do throws(Refusal) { try Self.check(entry, forced) } catch { return error }
        guard let top = entries.last, top.record.run != run else { return nil }
        if forced == top.record.run { return nil }
        let newer = entries[(index + 1)...].map(\.name).joined(separator: ", ")
        return Refusal(
            message: "\(newer) came to \(place) after \(run), and going back under it would mix the two: undo "
                + "\(top.record.run) first, or say that you know it: --force-newer \(top.record.run)")
    }
}
