extension Plan {
    /// Checks what the plan's types promise and one part alone cannot show.
    func check() throws(CodingFault) {
        guard !phases.isEmpty else { throw CodingFault(path: "phases", reason: "a plan has at least one phase") }
        guard !steps.isEmpty else { throw CodingFault(path: "steps", reason: "a plan has at least one step") }
        if let name = NameTable(rules.map(\.name)).duplicate {
            throw CodingFault(path: "rules", reason: "the name \(CodingFault.quoted(name)) stands twice")
        }
        for (position, file) in files.enumerated() {
            do { try file.check() } catch { throw error.inside(position).inside("files") }
        }
        for (position, input) in inputs.enumerated() {
            do { try input.pin?.check() } catch { throw error.inside("pin").inside(position).inside("inputs") }
        }
        for index in steps.indices {
            do { try check(step: index) } catch { throw error.inside(index).inside("steps") }
        }
        try checkThatNeedsEnd()
    }

    private func check(step index: StepIndex) throws(CodingFault) {
        let step = steps[index]
        guard step.hasLegalName else {
            throw CodingFault(
                path: "name", reason: "\(CodingFault.quoted(step.name)) is no step name: a-z, 0-9 and -, at most 63")
        }
        if index > 0, steps[index - 1].phase > step.phase {
            throw CodingFault(path: "phase", reason: "comes after a step of a later phase")
        }
        var last = -1
        for need in step.needs {
            guard need > last else { throw CodingFault(path: "needs", reason: "is not in plan order, or repeats") }
            last = need
            guard steps[need].phase <= step.phase else {
                throw CodingFault(path: "needs", reason: "names '\(steps[need].name)' of a later phase")
            }
        }
        if case .maintenanceEnd(let opened) = step.kind {
            guard case .maintenance = steps[opened].kind else {
                throw CodingFault(path: "kind.opened", reason: "'\(steps[opened].name)' opens no maintenance bracket")
            }
        }
    }

    /// Takes away steps whose needs are all gone, until none is left; what stays is a cycle.
    private func checkThatNeedsEnd() throws(CodingFault) {
        var dependents = [[StepIndex]](repeating: [], count: steps.count)
        var missing = steps.map(\.needs.count)
        for (index, step) in steps.enumerated() {
            for need in step.needs { dependents[need].append(index) }
        }
        var free = steps.indices.filter { missing[$0] == 0 }
        var gone = 0
        while let index = free.popLast() {
            gone += 1
            for dependent in dependents[index] {
                missing[dependent] -= 1
                if missing[dependent] == 0 { free.append(dependent) }
            }
        }
        if gone < steps.count, let stuck = missing.firstIndex(where: { $0 > 0 }) {
            throw CodingFault(
                path: "steps[\(stuck)].needs",
                reason: "'\(steps[stuck].name)' can never start: its needs lead into a circle")
        }
    }
}

extension Step {
    fileprivate var hasLegalName: Bool {
        let bytes = name.utf8
        guard let first = bytes.first, first != UInt8(ascii: "-"), bytes.count <= 63 else { return false }
        return bytes.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
}

extension PinnedFile {
    fileprivate func check() throws(CodingFault) {
        guard size >= 0 else { throw CodingFault(path: "size", reason: "\(size) is negative") }
        guard digest.isHexadecimal(digits: 64) else { throw CodingFault(path: "digest", reason: "is no SHA-256") }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let leavesFolder = parts.contains { $0.isEmpty || $0 == ".." || $0 == "." }
        guard !leavesFolder, !path.utf8.contains(0) else {
            throw CodingFault(path: "path", reason: "\(CodingFault.quoted(path)) is no path inside the plan's folder")
        }
    }
}

extension TagPin {
    fileprivate func check() throws(CodingFault) {
        for (key, value) in [("object", object), ("commit", commit)] {
            guard value.isHexadecimal(digits: 40) || value.isHexadecimal(digits: 64) else {
                throw CodingFault(path: key, reason: "is no object name of git")
            }
        }
    }
}

extension String {
    /// Whether this is exactly so many lower-case hexadecimal digits.
    func isHexadecimal(digits: Int) -> Bool {
        utf8.count == digits && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
