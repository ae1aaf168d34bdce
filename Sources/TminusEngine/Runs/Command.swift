package import TminusCore
package import TminusModel
internal import TminusPorts

extension Engine {
    /// Tells a run what a person wants; returns once the answer, and what was decided with it, is durable.
    ///
    /// A run that is over refuses with an answer. A person without groups is given those of their account.
    ///
    /// - Throws: `.unknownRun`; `.store` when the journal refused and nothing of the command was kept; `.unavailable`.
    package func command(
        _ command: PersonCommand, to run: String, by person: Person
    ) async throws(EngineError) -> CommandAnswer {
        guard isStarted, !isLeaving else { throw .leaving }
        guard let known = live[run] else { return try await refuse(run) }
        guard known.driver != nil else {
            throw EngineError(
                .unavailable, "\(run) is being read anew after its journal refused; try again in a minute")
        }
        guard known.answers.count < Self.commandsWaitingMax else {
            throw EngineError(.unavailable, "\(run) has \(known.answers.count) commands waiting; try again")
        }
        guard person.mayTouch(service: known.lock.service) else {
            throw try await refuse(
                "command \(run)", by: person,
                "the token of \(person.name) is for \(person.services.joined(separator: ", ")), not "
                    + known.lock.service)
        }
        var person = person
        if person.groups.isEmpty { person.groups = parts.groups(person.name) }
        tokens += 1
        let token = tokens
        counted.commands += 1
        let input = Input.command(command, by: person, token: token)
        let answer = await withCheckedContinuation { continuation in
            known.answers[token] = continuation
            feed(known, [input])
        }
        return try answer.get()
    }

    private func refuse(_ run: String) async throws(EngineError) -> CommandAnswer {
        let ended = try await summary(of: run)
        return CommandAnswer(
            isAccepted: false, message: "\(run) is over: it \(ended.status.word); a run that is over takes no commands")
    }
}
