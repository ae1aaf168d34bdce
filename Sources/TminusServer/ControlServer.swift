package import Glibc
package import Hummingbird
import Logging
import TminusAPI
import TminusModel

/// The control socket: HTTP on a Unix socket that only this account can reach.
package struct ControlServer: Sendable {
    private let parts: ControlParts
    /// One for all listeners, so that they share its bounds.
    private let webhooks: WebhookRoutes?
    package let activity = Activity()
    /// Open it once the engine has started.
    package let gate = Gate()

    package init(_ parts: ControlParts) {
        self.parts = parts
        webhooks = parts.webhooks.map(WebhookRoutes.init)
    }

    /// Every route, for tests that need no socket.
    package var router: Router<ControlContext> { routes(asksForToken: false) }

    private func routes(asksForToken: Bool) -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: FaultsAsJSON(logger: parts.logger))
        router.add(middleware: CountsActivity(activity: activity, now: parts.now))
        router.add(middleware: WaitsForEngine(gate: gate))
        if asksForToken { router.add(middleware: RequiresToken(parts: parts)) }
        EngineRoutes(parts: parts).add(to: router)
        RunRoutes(parts: parts).add(to: router)
        EventRoutes(parts: parts).add(to: router)
        LogRoutes(parts: parts).add(to: router)
        CommandRoutes(parts: parts).add(to: router)
        RollbackRoutes(parts: parts).add(to: router)
        SealRoutes(parts: parts).add(to: router)
        BudgetRoutes(parts: parts).add(to: router)
        StoreRoutes(parts: parts).add(to: router)
        ControlRoutes(parts: parts).add(to: router)
        TriggerRoutes(parts: parts).add(to: router)
        if let webhooks { webhooks.add(to: router) }
        return router
    }

    /// Listens on a Unix socket until it is told to stop (by cancelling the service it runs in).
    ///
    /// The caller holds the engine's lock, so a socket that is there belongs to nobody: it is removed. The new one is
    /// made with mode 0600, or 0660 for a group.
    package func application(
        socket: String, group: gid_t? = nil, onListening: @escaping @Sendable () async -> Void
    ) -> some ApplicationProtocol {
        Application(
            router: router,
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socket), backlog: 1_024),
            onServerRunning: { _ in
                // First the group, then the mode that lets it in.
                if let group { _ = chown(socket, uid_t.max, group) }
                chmod(socket, group == nil ? 0o600 : 0o660)
                await onListening()
            },
            logger: parts.logger.quiet
        )
    }

    /// Listens on TCP, where everybody must bring a token.
    package func application(
        host: String, port: Int, onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) -> some ApplicationProtocol {
        Application(
            router: routes(asksForToken: true),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1_024),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            logger: parts.logger.quiet
        )
    }
}

extension Logger {
    /// The same, for libraries whose every request is no news.
    var quiet: Logger {
        var logger = self
        logger.logLevel = .warning
        return logger
    }
}
