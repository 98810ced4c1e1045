package org.ringfence.cli.own;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.judge.CaseResult;
import org.ringfence.cli.judge.Search;
import org.ringfence.machine.vocabulary.Form;

/**
 * What {@code --with} brings, and what cases can name because of it.
 *
 * @param registry what Ringfence has, and this
 * @param bundles in the order in which they were named
 * @param platforms by their names, what brought them
 * @param routines likewise
 * @param blame finds what of the user's is to blame for what was thrown
 */
public record OwnSoftware(
        Registry registry,
        List<Bundle> bundles,
        Map<String, Bundle> platforms,
        Map<String, Bundle> routines,
        Blame blame) {

    /** Software that a verdict rests on. */
    public record Used(Bundle bundle, List<String> names) {
        @Override
        public String toString() {
            return "%s of %s".formatted(String.join(", ", names), bundle);
        }
    }

    public OwnSoftware {
        bundles = List.copyOf(bundles);
    }

    /** Nothing is brought. */
    public static OwnSoftware none(Registry registry) {
        return new OwnSoftware(registry, List.of(), Map.of(), Map.of(), Blame.NOBODY);
    }

    /** The same registry with what is brought. */
    static Registry registry(
            Registry before, List<Platform> platforms, List<Registry.Entry> routines, List<Form> software) {
        List<Platform> allPlatforms = new ArrayList<>(before.platforms());
        allPlatforms.addAll(platforms);
        List<Registry.Entry> allRoutines = new ArrayList<>(before.routines());
        allRoutines.addAll(routines);
        allRoutines.sort(Comparator.comparing(Registry.Entry::name));
        List<Form> allSoftware = new ArrayList<>(before.software());
        allSoftware.addAll(software);
        return new Registry(allPlatforms, allRoutines, allSoftware);
    }

    /** What of it a verdict on a case rests on, on one platform under one threat model. */
    public List<Used> usedBy(CaseFile file, String platform, ThreatModel threat) {
        if (bundles.isEmpty()) {
            return List.of();
        }
        Map<Bundle, Set<String>> used = new LinkedHashMap<>();
        note(used, platforms, platform, "platform ");
        for (int i = 0; i < file.software().size(); i++) {
            ActorSpec actor = file.subject().actors().get(i);
            if (file.software().get(i) instanceof CaseFile.Software.OfRoutine(Registry.Entry entry, Record options)
                    && actor.platforms().contains(platform)
                    && !threat.isMalicious(actor.principal())) {
                note(used, routines, entry.name(), "routine ");
            }
        }
        return used.entrySet().stream()
                .map(one -> new Used(one.getKey(), List.copyOf(one.getValue())))
                .toList();
    }

    /** What of it a run of {@code platform} rests on that no case describes. */
    public Optional<Used> usedBy(String platform) {
        return Optional.ofNullable(platforms.get(platform))
                .map(bundle -> new Used(bundle, List.of("platform " + platform)));
    }

    private static void note(Map<Bundle, Set<String>> used, Map<String, Bundle> from, String name, String kind) {
        Bundle bundle = from.get(name);
        if (bundle != null) {
            used.computeIfAbsent(bundle, one -> new LinkedHashSet<>()).add(kind + name);
        }
    }

    /**
     * The result, its verdicts telling what of this they rest on; or what is wrong with this where that broke the
     * search.
     */
    public CaseResult told(CaseResult result) {
        CaseFile file = result.read();
        if (bundles.isEmpty() || file == null) {
            return result;
        }
        CaseResult.Broken broken = result.broken();
        Problem wrong = broken == null ? null : toBlame(broken.thrown()).orElse(null);
        List<Search> searches = new ArrayList<>();
        for (Search search : result.searches()) {
            Finding finding = search.finding();
            if (finding != null) {
                List<String> notes = new ArrayList<>(finding.notes());
                usedBy(file, search.platform(), search.threat()).forEach(used -> notes.add(used.toString()));
                searches.add(new Search(
                        search.platform(), search.threat(), search.judged(), finding.noting(notes), search.why()));
            } else if (wrong == null) {
                searches.add(search);
            }
        }
        return new CaseResult(
                result.name(),
                result.file(),
                file,
                searches,
                wrong == null ? result.problem() : wrong,
                wrong == null ? broken : null,
                result.seconds());
    }

    /** What is wrong with the user's software where {@code thrown} comes from it; empty where it does not. */
    public Optional<Problem> toBlame(Throwable thrown) {
        return blame.of(thrown);
    }
}
