import Testing
import TminusCore
import TminusModel

@Suite struct ControlDeskTests {
    private static let now = Instant(millisecondsSinceEpoch: 1_000_000)
    private static let ada = Person(name: "ada")

    private static func freeze(_ name: String = "year-end") -> FreezeRule {
        FreezeRule(name: name, reason: "closing the books", kind: .deny, times: .once(from: now, until: nil))
    }

    /// The state after these orders were obeyed in turn, each by its person.
    private func state(after orders: [(ControlOrder, Person)]) throws -> ControlState {
        var state = ControlState()
        for (order, person) in orders {
            let (facts, _) = try ControlDesk(state: state, person: person, now: Self.now).obey(order)
            for body in facts {
                state.apply(ControlEvent(sequence: state.sequence + 1, at: Self.now, body: body))
            }
        }
        return state
    }

    private func refusal(_ order: ControlOrder, _ person: Person = ada, in state: ControlState) -> String? {
        do throws(OrderFault) {
            _ = try ControlDesk(state: state, person: person, now: Self.now).obey(order)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func aFreezeIsInForceUntilItIsEnded() throws {
        let added = try state(after: [(.addFreeze(Self.freeze()), Self.ada)])
        #expect(added.rules == [Self.freeze()])
        #expect(
            refusal(.addFreeze(Self.freeze()), in: added)
                == "a freeze 'year-end' is in force already; end it first, or choose another name")
        #expect(
            refusal(.endFreeze(name: "summer", reason: "over"), in: added)
                == "no freeze 'summer' was added by command; in force are year-end; one in the policy file ends when "
                + "it is taken out of there")
        let ended = try state(after: [
            (.addFreeze(Self.freeze()), Self.ada), (.endFreeze(name: "year-end", reason: "books closed"), Self.ada),
        ])
        #expect(ended.rules.isEmpty)
    }

    @Test func anOrderWithoutAReasonIsRefused() throws {
        var rule = Self.freeze()
        rule.reason = " \n"
        #expect(refusal(.addFreeze(rule), in: ControlState()) == "say why (--reason): it is kept for the record")
        let stopped = try state(after: [(.stopLine(Self.freeze("line")), Self.ada)])
        #expect(
            refusal(.releaseLine(name: "line", reason: ""), in: stopped)
                == "say why (--reason): it is kept for the record")
    }

    @Test func nobodyGivesATokenARightTheyLack() throws {
        let bo = Person(name: "bo", rights: [.manageTokens, .start])
        let order = ControlOrder.createToken(
            person: "ci", isAutomation: true, rights: [.start, .rollback], services: [], lifetime: .seconds(60))
        #expect(
            refusal(order, bo, in: ControlState())
                == "bo has no right to rollback, and so can't give it to a token")
        // Where a policy says what people may, it is the policy that gives, whoever made the token.
        let own = ControlOrder.createToken(
            person: "chie", isAutomation: false, rights: [.rollback], services: [], lifetime: .seconds(60))
        let desk = ControlDesk(state: ControlState(), person: bo, now: Self.now, hasPolicy: true)
        #expect(throws: Never.self) { try desk.obey(own) }
        #expect(throws: OrderFault.self) { try desk.obey(order) }
    }

    @Test func tokensAreNumberedAndForgottenWhenRevoked() throws {
        let make = ControlOrder.createToken(
            person: "ci", isAutomation: true, rights: [.start], services: ["shop*"], lifetime: .seconds(60))
        let two = try state(after: [(make, Self.ada), (make, Self.ada)])
        #expect(two.tokens.map(\.name) == ["token-1", "token-2"])
        #expect(two.tokens[0].expires == Self.now.advanced(by: .seconds(60)))
        let three = try state(after: [
            (make, Self.ada), (make, Self.ada), (.revokeToken(name: "token-1", reason: "lost"), Self.ada),
            (make, Self.ada),
        ])
        #expect(three.tokens.map(\.name) == ["token-2", "token-3"])
    }

    @Test func whoActedDoesNotCloseTheReviewOfIt() throws {
        var state = ControlState()
        let review = Review(
            name: "review-1", kind: .emergency, run: "shop-1", service: "shop", environment: "production", by: "ada",
            reason: "the shop was down", due: Self.now)
        state.apply(ControlEvent(sequence: 1, at: Self.now, body: .reviewOpened(review)))
        #expect(state.reviewedRuns == ["shop-1"])
        #expect(
            refusal(.closeReview(name: "review-1", verdict: "fine"), in: state)
                == "ada did what review-1 looks back at; someone else must close it")
        #expect(refusal(.closeReview(name: "review-1", verdict: "fine"), Person(name: "bo"), in: state) == nil)
        #expect(
            refusal(.closeReview(name: "review-9", verdict: "fine"), in: state)
                == "there is no open review 'review-9'; open are review-1")
    }

    @Test func aBlockHoldsUntilItIsLifted() throws {
        let block = ControlOrder.block(service: "shop", version: "v2", reason: "leaks")
        #expect(try state(after: [(block, Self.ada)]).blocks.map(\.version) == ["v2"])
        let lifted = ControlOrder.unblock(service: "shop", version: "v2", reason: "fixed")
        #expect(try state(after: [(block, Self.ada), (lifted, Self.ada)]).blocks.isEmpty)
        #expect(refusal(lifted, in: ControlState()) == "'v2' of 'shop' is not blocked")
    }
}
