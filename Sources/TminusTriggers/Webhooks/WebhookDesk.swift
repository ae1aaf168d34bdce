import Synchronization
package import TminusModel
package import TminusPorts

/// The webhooks of the policy: finds, verifies, keeps. Secrets are read when they are needed and kept nowhere.
package final class WebhookDesk: WebhookReceiver {
    /// What the desk needs of the engine it works for.
    package struct Parts: Sendable {
        /// The webhook of a name, as the policy in force has it; nil when there is none, or no policy can be read.
        package var hook: @Sendable (_ name: String) -> WebhookSpec?
        package var store: any ControlStore
        package var now: @Sendable () -> Instant
        /// Called after a delivery was kept.
        package var kept: @Sendable () -> Void
        /// One line for the engine's log, at most one a minute for each cause.
        package var log: @Sendable (_ line: String) -> Void

        package init(
            hook: @escaping @Sendable (String) -> WebhookSpec?, store: any ControlStore,
            now: @escaping @Sendable () -> Instant, kept: @escaping @Sendable () -> Void,
            log: @escaping @Sendable (String) -> Void
        ) {
            self.hook = hook
            self.store = store
            self.now = now
            self.kept = kept
            self.log = log
        }
    }

    private let parts: Parts
    private let lines = Mutex(QuietLines())

    /// Longest name of a webhook, in bytes.
    package static let nameBytesMax = 64

    package init(_ parts: Parts) { self.parts = parts }

    package func refusal(_ name: String, _ headers: WebhookHeaders) -> WebhookAnswer? {
        guard let hook = hook(name) else { return .unknown }
        guard WebhookCheck.isWorthReading(headers, from: hook.sender) else {
            note("webhook \(hook.name): a delivery without a signature of its sender's form was refused")
            return .refused
        }
        return nil
    }

    package func take(_ name: String, _ headers: WebhookHeaders, body: [UInt8]) async -> WebhookAnswer {
        guard let hook = hook(name), let check = check(hook) else { return .unknown }
        guard check.isRight(headers, body: body) else {
            note("webhook \(hook.name): a delivery was refused, for its signature is not made with the secret")
            return .refused
        }
        let news: WebhookNews
        do throws(WebhookNews.Fault) { news = try WebhookNews.read(body, headers, from: hook.sender) } catch {
            note("webhook \(hook.name): a signed delivery can't be read: \(error.description)")
            return .malformed(error.description)
        }
        switch news {
        case .nothing(let reason): return .ignored(reason)
        case .tag(let tag, let id): return await keep(tag, id, of: hook)
        }
    }

    private func keep(_ tag: String, _ id: String, of hook: WebhookSpec) async -> WebhookAnswer {
        let now = parts.now()
        let delivery = Delivery(
            sender: hook.name, id: id, repository: hook.repository, tag: tag, received: now, due: now)
        do throws(StoreError) {
            guard try await parts.store.accept(delivery) else { return .known(tag: tag) }
        } catch {
            note("webhook \(hook.name): a delivery could not be kept: \(error)")
            return .unavailable
        }
        parts.kept()
        return .accepted(tag: tag)
    }

    private func hook(_ name: String) -> WebhookSpec? {
        guard !name.isEmpty, name.utf8.count <= Self.nameBytesMax else { return nil }
        return parts.hook(name)
    }

    /// Nil when the webhook is off: it has no secret, or one that can't be read or is too short.
    private func check(_ hook: WebhookSpec) -> WebhookCheck? {
        var secrets: [[UInt8]] = []
        for source in hook.secrets {
            do throws(SecretText.Fault) {
                let secret = try SecretText.bytes(source)
                if secret.count >= WebhookCheck.secretBytesMin {
                    secrets.append(secret)
                } else {
                    note(
                        "webhook \(hook.name): the secret in \(SecretText.place(source)) is shorter than "
                            + "\(WebhookCheck.secretBytesMin) bytes, and not used")
                }
            } catch {
                note("webhook \(hook.name): the secret in \(SecretText.place(source)) \(error.words)")
            }
        }
        if let check = WebhookCheck(hook.sender, secrets: secrets) { return check }
        note("webhook \(hook.name) is off, for it has no secret that can be used")
        return nil
    }

    /// Logs a line unless the same was logged within the last minute.
    private func note(_ line: String) {
        let now = parts.now()
        if let line = lines.withLock({ $0.line(line, at: now) }) { parts.log(line) }
    }
}

/// Lines that come back at most once a minute, with how often they were held back.
struct QuietLines {
    private struct Seen {
        var since: Instant
        var held = 0
    }

    private var seen: [String: Seen] = [:]

    private static let pause = Duration.seconds(60)
    /// Different lines that are remembered; the policy names the webhooks, so there are few.
    private static let seenMax = 1_000

    /// What to log now for `line`; nil while it is held back.
    mutating func line(_ line: String, at now: Instant) -> String? {
        guard let last = seen[line] else {
            if seen.count >= Self.seenMax { seen.removeAll() }
            seen[line] = Seen(since: now)
            return line
        }
        guard now.since(last.since) >= Self.pause else {
            seen[line]?.held += 1
            return nil
        }
        seen[line] = Seen(since: now)
        return last.held == 0 ? line : "\(line) (and \(last.held) times more since the last such line)"
    }
}
