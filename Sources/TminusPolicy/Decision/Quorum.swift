import TminusModel

/// Whether approvals can be had at all: so many different people, each counting for one approval only.
struct Quorum {
    private let policy: Policy
    private let approvals: [ChangeRequirement.Approval]

    init(_ policy: Policy, _ approvals: [ChangeRequirement.Approval]) {
        self.policy = policy
        self.approvals = approvals
    }

    /// Which approval lacks people, as a sentence's end; nil when there are enough besides `barred`.
    func lack(barred: [String]) -> String? {
        let people = approvals.map { approval in
            policy.people(in: approval.from).map(\.name).filter { !barred.contains($0) }
        }
        // Each seat of each approval takes a person; one who is taken moves to another seat if that frees them.
        var seats: [Int] = []
        for (index, approval) in approvals.enumerated() {
            seats += Array(repeating: index, count: min(max(approval.count, 0), 100))
        }
        var seatOf: [String: Int] = [:]
        for seat in seats.indices {
            var tried = Set<String>()
            guard !place(seat, seats, people, &seatOf, &tried) else { continue }
            let approval = approvals[seats[seat]]
            let who = Policy.listed(approval.from)
            let besides = barred.isEmpty ? "" : " besides \(Policy.listed(barred))"
            let needed = approval.count == 1 ? "1 person" : "\(approval.count) people"
            return "\(approval.role) needs \(needed) of \(who), and too few are left\(besides)"
        }
        return nil
    }

    private func place(
        _ seat: Int, _ seats: [Int], _ people: [[String]], _ seatOf: inout [String: Int], _ tried: inout Set<String>
    ) -> Bool {
        for name in people[seats[seat]] where tried.insert(name).inserted {
            guard let taken = seatOf[name] else {
                seatOf[name] = seat
                return true
            }
            if place(taken, seats, people, &seatOf, &tried) {
                seatOf[name] = seat
                return true
            }
        }
        return false
    }
}
