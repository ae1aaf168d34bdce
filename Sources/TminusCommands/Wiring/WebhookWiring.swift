import Logging
import TminusEngine
import TminusModel
import TminusPolicy
import TminusPorts
import TminusTriggers

/// The webhooks of an engine: who takes deliveries from the network, and who makes runs of them.
struct WebhookWiring: Sendable {
    let desk: WebhookDesk
    let worker: DeliveryWorker

    init(
        desk tags: TagDesk, policy: PolicyFile, store: any ControlStore, clock: AnchoredClock, logger: Logger
    ) {
        let bell = Doorbell()
        desk = WebhookDesk(
            WebhookDesk.Parts(
                // A policy that can't be read names no webhook: nothing that it would start could start.
                hook: { name in (try? policy.policy())??.tags.webhook(named: name) },
                store: store, now: { clock.now }, kept: { bell.ring() },
                log: { line in logger.warning("\(line)") }))
        worker = DeliveryWorker(
            DeliveryWorker.Parts(
                store: store, clock: clock, bell: bell,
                take: { delivery in
                    let cause = "webhook \(delivery.sender)"
                    return DeliveryResult(
                        await tags.take(repository: delivery.repository, tag: delivery.tag, cause: cause))
                },
                tried: { _ in }, log: { line in logger.warning("\(line)") }))
    }
}
