package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.Checking;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Misfit;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.explore.Explorer;
import org.ringfence.checker.explore.FrameSymmetry;
import org.ringfence.checker.explore.FramesToldApart;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.PageSymmetry;
import org.ringfence.checker.explore.PagesToldApart;
import org.ringfence.checker.explore.Symmetry;
import org.ringfence.checker.explore.Watcher;
import org.ringfence.checker.learn.RoutineRefused;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * Cases of the catalogue with more pages than they have, so that some are alike: searched with these pages merged, and
 * kept apart.
 */
class AlikePagesTest {
    private static final Limits LIMITS = new Limits(5_000_000, 4L << 30, Duration.ofMinutes(2), 1);
    private static final Set<Property> ALL = Set.of(
            Property.CONFIDENTIALITY,
            Property.INTEGRITY,
            Property.FRESHNESS,
            Property.CLEAN_ACCEPT,
            Property.INJECTIVITY,
            Property.AVAILABILITY,
            Property.HOST_SAFETY,
            Property.ACCOUNTING);

    private final List<String> differences = new ArrayList<>();
    private final Set<String> compared = new TreeSet<>();
    private final Set<String> apart = new TreeSet<>();

    /** Ends after a level: the one at {@code depth}, or the first that is as wide as {@code states}. */
    private record UpTo(int depth, long states) implements Watcher {
        @Override
        public boolean goOn(Glance glance) {
            return true;
        }

        @Override
        public boolean nextLevel(Set<Property> open, Glance glance) {
            return glance.depth() < depth && glance.states() < states;
        }
    }

    @Test
    void alikePagesThatAreMergedGiveTheCountsVerdictsAndLengthsOfTracesOfPagesKeptApart() throws Exception {
        compareAll(3, 0, 1_000);
        assertThat(differences).isEmpty();
        assertThat(apart).isEmpty();
        assertThat(compared.size()).isGreaterThan(40);
    }

    @Test
    @Tag("soak")
    void andSoWithMorePagesAndMoreStates() throws Exception {
        compareAll(4, 0, 100_000);
        compareAll(5, 0, 20_000);
        assertThat(differences).isEmpty();
        assertThat(apart).isEmpty();
    }

    private void compareAll(int pages, int moreFrames, long states) throws Exception {
        Registry registry = Registry.found();
        Path root = Session.repository();
        for (Catalogue.Named named : new Catalogue(root, root).select(List.of())) {
            CaseFile file = CaseReader.read(registry, named.path(), named.file(), named.name());
            Case subject = file.subject();
            if (subject.machine().smallPerLarge() > 1) {
                continue;
            }
            List<String> done = new ArrayList<>();
            for (Expectation expectation : subject.expect()) {
                if (done.contains(expectation.platform() + expectation.threat())) {
                    continue;
                }
                done.add(expectation.platform() + expectation.threat());
                MachineSpec machine = new MachineSpec(
                        Math.max(pages, subject.machine().pages()), subject.machine().frames() + moreFrames, 1);
                Case larger = new Case(
                        subject.name(), subject.question(), subject.asked(), machine, subject.options(),
                        subject.guards(), subject.actors(), subject.expect());
                compare(registry, larger, expectation, states);
            }
        }
    }

    private void compare(Registry registry, Case subject, Expectation expectation, long states) {
        Platform platform = registry.platform(expectation.platform()).orElseThrow();
        Vocabulary vocabulary = registry.vocabulary(platform).on(subject.machine().geometry());
        String what = "%s on %s, %s".formatted(subject.name(), platform.name(), expectation.threat());
        Model merging;
        try {
            merging = Checking.moving(subject, platform, vocabulary, expectation.threat(), Settings.standard())
                    .model();
        } catch (Misfit | RoutineRefused unfit) {
            return;
        }
        if (!(merging.symmetry() instanceof PageSymmetry)) {
            return;
        }
        compared.add(what);
        merging = judging(merging, merging.symmetry());
        Exploration kept = Explorer.explore(
                judging(merging, frames(merging)), LIMITS, new UpTo(Integer.MAX_VALUE, states));
        try {
            Exploration merged = Explorer.explore(merging, LIMITS, new UpTo(kept.depth(), Long.MAX_VALUE));
            if (!print(kept).equals(print(merged))) {
                differences.add("%s: %s, apart; %s, merged".formatted(what, print(kept), print(merged)));
            }
        } catch (PagesToldApart told) {
            apart.add(what + ": " + told.getMessage());
        }
    }

    private static Symmetry frames(Model model) {
        try {
            return FrameSymmetry.of(model.layout(), model.software());
        } catch (FramesToldApart told) {
            return state -> {};
        }
    }

    private static Model judging(Model model, Symmetry symmetry) {
        return new Model(
                model.layout(), model.initial(), model.software(), model.families(), model.invariants(),
                List.copyOf(ALL), symmetry);
    }

    private static String print(Exploration found) {
        StringBuilder text = new StringBuilder("%d states, %d transitions, depth %d, marks %x, moved %s".formatted(
                found.states(), found.transitions(), found.depth(), found.exercised(), found.moved()));
        found.breaches()
                .forEach((property, path) -> text.append(", %s in %d".formatted(property, path.moves().size())));
        return text.toString();
    }
}
