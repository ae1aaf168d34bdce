import TminusPipeline

/// The reference page of the policy file, its keys written from the decoder's own tables: docs/reference/policy.md.
package enum PolicyReference {
    package static var markdown: String {
        """
        # The policy file

        Written from the tables that the loader itself checks against, so it cannot disagree with them
        (`RECORD_SNAPSHOTS=1 swift test --filter PolicyReferenceTests` writes it anew).
        [Change control](../guides/change-control.md) tells a story with it; `pipelines/policy/tminus.yaml` is an
        annotated example, and a test reads it.

        \(place)

        \(KeyReference.sections(.policy, title: "The policy"))

        \(meaning)
        """
    }

    private static let place = """
        ## Where it is

        | Looked for | |
        |---|---|
        | `TMINUS_POLICY` | an absolute path, and then no other; the file must be there |
        | `tminus.yaml` in the data directory | |
        | `/etc/tminus/tminus.yaml` | |

        Never in the working directory or a repository: whoever changes a pipeline must not change the rules with it.
        The file belongs to the engine's account or to root, nobody else may write it, and it has at most 1 MiB. It is
        read again when it changes; the engine looks every ten seconds and at every order.

        Without a file there is no policy: whoever reaches the engine may do everything, and the only freezes are
        those added by command. With a file that is wrong nothing new starts and live runs hold, saying why; rolling
        back works. `tminus policy check` prints every mistake with its place.
        """

    private static let meaning = """
        ## Who somebody is

        An OS account is the person that lists it under `accounts`, or whose name it is. An account that nobody lists
        has its own name, no groups of the policy and, where there are `rights`, none of them. A Unix group never
        makes a member of a group of the policy. A program with a token of its own has the rights of its token.
        Whoever started a run and whoever tagged what it releases (by the signing key, and by the tagger's mail
        address) cannot approve it.

        ## Which class a change has

        The class that the pipeline says, except that

        - a hotfix (`release: hotfix`, or `tminus hotfix`) with an incident is an emergency; without one it is not;
        - a release of a type under `releases` has at least that class (standard < normal < major);
        - a standard change whose plan is not one of the `templates` is a normal one, and says so.

        A template is a hash over the phases, steps, gates, judging rules and the contents of the files that steps
        run; not over the values of inputs, the contacts, the class, the type of release and the tag. `tminus policy
        template PIPELINE` prints it. A pipeline for an environment that the policy does not list is refused; so is a
        class that is not listed under `changes`.

        ## What waits

        Approvals and the lead time hold the phase `T-0`, or an earlier phase if one of its steps has an effect; steps
        before it run meanwhile. One person counts for one approval. If there are not enough people besides those who
        cannot approve, the run is refused at once.

        A lead time in business days runs from the submission to the same time of day on the last of them; the day of
        submission does not count. Submitted on a day off, it runs from 00:00 of the next business day. Three business
        days from Friday 10:00 end on Wednesday 10:00, or on Thursday when Monday is a holiday. Plain durations are
        hours on the clock: `1w` is 168 of them.

        A version that comes `after` an environment must have been released there with success by its latest release,
        not rolled back since, and have stayed there for its `soak`. Versions are told apart by commit where both are
        known, so a tag that was moved is another version.

        While a review of a service is overdue, only rollbacks and emergencies of it start.

        ## Freezes

        Times are local times of the freeze's `zone`. One that the clocks skip is told with the offset from before
        they were set; of one that comes twice the first is meant (RFC 5545, 3.3.5). A freeze that `lasts` whole days
        ends at the same time on the wall.

        `repeat` is the value of an RRULE (RFC 5545): `FREQ` YEARLY, MONTHLY, WEEKLY, DAILY or HOURLY, with
        `INTERVAL`, `COUNT` or `UNTIL` (in UTC), `BYMONTH`, `BYMONTHDAY` (negative ones too), `BYDAY` (with numbers in
        a month or year), `BYSETPOS` (not for days and hours) and `WKST`. Anything else is refused by name. `from`
        must itself be a time of the rule, and so must each of `except`. An hour that comes twice is one hour of an
        hourly rule.

        Where several freezes of kind `allow` apply to a run, it may act within any of them, and nowhere else. Freezes
        are asked at every step start; steps that run go on. Rolling back and leaving maintenance are never frozen.

        ## From a tag to a run

        A tag that a webhook, the poller or `tminus trigger` points at is fetched and verified by the engine itself.
        The first of the `triggers` whose repository, pattern and signer match says what runs; a tag that none matches
        is logged and not run. What the pipeline itself says must agree with the trigger's `environment` and `change`.
        The run's starter is the program `tag:REPOSITORY`. [Triggers](triggers.md) says the rest.

        Secrets are named by a file or a variable of the engine's environment and read when they are used; a file that
        everybody may read is refused. A webhook without a secret that can be read is off.
        """
}
