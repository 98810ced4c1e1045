package org.ringfence.cli.casefile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Script;
import org.ringfence.machine.vocabulary.Signals;
import org.ringfence.machine.vocabulary.Turn;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * Reads a case file: every name in it is looked up, every row expanded, and the first thing wrong is told with its
 * place.
 */
public final class CaseReader {
    /** Sets of frames and of pages are words of 64 bits; no search of a larger machine would end. */
    static final int MOST_PAGES = 64;

    private static final int MOST_VMPL = 3;

    /** The greatest number of a logical CPU that an actor can have. */
    static final int MOST_CPU = 63;

    /** Whose software a case can configure. */
    static final List<Principal> PRINCIPALS = List.of(
            Principal.GUEST, Principal.HOST, Principal.VMM, Principal.INNER_GUEST, Principal.DEVICE, Principal.BUS,
            Principal.HARDWARE);

    static final List<String> CASE =
            List.of("question", "asked", "machine", "platforms", "actors", "expect", "reaches", "note");
    static final List<String> MACHINE = List.of("pages", "frames", "small-pages-per-large");
    static final List<String> ACTOR =
            List.of("name", "principal", "vmpl", "cpu", "routine", "options", "script", "platforms");

    /** Beside a platform's options. */
    static final String ABLATE = "ablate";

    static final List<String> EXPECT = List.of("threat", "platform", "property", "verdict", "safe", "violated");
    static final List<String> REACHES = List.of("threat", "platform", "operation", "result", "never");

    private final Registry registry;
    private final String file;
    private final Path folder;
    private final Map<String, Record> platforms = new LinkedHashMap<>();
    private final Map<String, Guards> guards = new LinkedHashMap<>();
    private final Map<String, Position> platformPlaces = new HashMap<>();
    private final List<ActorSpec> actors = new ArrayList<>();
    private final List<CaseFile.Software> software = new ArrayList<>();
    private final List<Position> routinePlaces = new ArrayList<>();
    private final Map<String, List<Operation<?>>> scripted = new LinkedHashMap<>();
    private final Map<String, Position> waits = new HashMap<>();
    private final PlatformNames platformNames;
    private final ExpectationReader expectations;

    private CaseReader(Registry registry, String file, Path folder) {
        this.registry = registry;
        this.file = file;
        this.folder = folder;
        this.platformNames = new PlatformNames(registry, file, platforms);
        this.expectations = new ExpectationReader(file, platformNames);
    }

    /**
     * Reads a case.
     *
     * @param file what sentences call it
     * @param name the case's name
     */
    public static CaseFile read(Registry registry, Path path, String file, String name) throws BadInput {
        return new CaseReader(registry, file, path.resolveSibling("")).read(LocatedYaml.read(path, file), name);
    }

    private CaseFile read(Node root, String name) throws BadInput {
        if (root instanceof Node.Nothing) {
            throw new BadInput(new Problem(file, Position.START, "the file is empty; a case begins with 'question:'"));
        }
        Fields fields = Fields.of(file, root, "a case", CASE.toArray(String[]::new));
        String question = fields.text("question");
        String asked = fields.text("asked");
        Node note = fields.optional("note");
        String noteText = note == null ? "" : fields.text(note, "note");
        Node machineNode = fields.required("machine");
        MachineSpec machine = machine(machineNode);
        platforms(fields.required("platforms"));
        for (Node actor : fields.items(fields.required("actors"), "actors", "mappings, an actor each")) {
            actor(actor, machine.geometry());
        }
        requireSignals();
        Node expect = fields.optional("expect");
        Node reaches = fields.optional("reaches");
        if (expect == null && reaches == null) {
            throw fields.bad(fields.at(), "a case has neither 'expect' nor 'reaches'; it needs one of them");
        }
        if (expect != null) {
            for (Node row : fields.items(expect, "expect", "mappings, an expectation each")) {
                expectations.expect(row);
            }
        }
        if (reaches != null) {
            for (Node row : fields.items(reaches, "reaches", "mappings, an operation each")) {
                expectations.reaches(row);
            }
        }
        return new CaseFile(
                new Case(name, question, asked, machine, platforms, guards, actors, expectations.expectations()),
                file,
                noteText,
                software,
                new CaseFile.Places(machineNode.at(), platformPlaces, routinePlaces, expectations.places()));
    }

    private MachineSpec machine(Node node) throws BadInput {
        Fields fields = Fields.of(file, node, "the machine", MACHINE.toArray(String[]::new));
        int pages = fields.whole(fields.required("pages"), "pages", 1, MOST_PAGES);
        int frames = fields.whole(fields.required("frames"), "frames", 1, MOST_PAGES);
        Node large = fields.optional("small-pages-per-large");
        int smallPerLarge = large == null ? 1 : fields.whole(large, "small-pages-per-large", 1, MOST_PAGES);
        MachineSpec machine = new MachineSpec(pages, frames, smallPerLarge);
        try {
            machine.geometry();
        } catch (IllegalArgumentException odd) {
            throw fields.bad(
                    large == null ? node.at() : large.at(),
                    odd.getMessage() + "; 'small-pages-per-large' must divide 'pages' and 'frames'");
        }
        return machine;
    }

    // ---- platforms and actors

    private void platforms(Node node) throws BadInput {
        List<String> names = registry.platforms().stream().map(Platform::name).toList();
        if (!(node instanceof Node.Mapping(Position at, List<Node.Entry> entries)) || entries.isEmpty()) {
            throw bad(node.at(), "'platforms' is %s; allowed is a mapping from %s to options, {} for none"
                    .formatted(node instanceof Node.Mapping ? "an empty mapping" : node.kind(),
                            String.join(", ", names)));
        }
        for (Node.Entry entry : entries) {
            Platform platform = registry.platform(entry.key()).orElseThrow(
                    () -> bad(entry.at(), "unknown platform %s; allowed are %s"
                            .formatted(Quoted.of(entry.key()), String.join(", ", names))));
            platforms.put(
                    platform.name(),
                    new OptionsReader(file, folder, platform.retired())
                            .read(platform.options(), withoutGuards(platform, entry.value()),
                                    "platform " + platform.name()));
            platformPlaces.put(platform.name(), entry.at());
        }
    }

    /** Reads which checks of a platform are off; answers what else is said of it. */
    private Node withoutGuards(Platform platform, Node node) throws BadInput {
        if (!(node instanceof Node.Mapping(Position at, List<Node.Entry> entries))) {
            return node;
        }
        List<Node.Entry> options = new ArrayList<>();
        for (Node.Entry entry : entries) {
            if (entry.key().equals(ABLATE)) {
                guards.put(platform.name(), guards(platform, entry.value()));
            } else {
                options.add(entry);
            }
        }
        return new Node.Mapping(at, options);
    }

    private Guards guards(Platform platform, Node node) throws BadInput {
        List<String> names = platform.guards().stream().map(Guard::printed).toList();
        if (!(node instanceof Node.Sequence(Position at, List<Node> items)) || items.isEmpty()) {
            throw bad(node.at(), "'%s' of platform %s is %s; allowed is a list of %s"
                    .formatted(ABLATE, platform.name(),
                            node instanceof Node.Sequence ? "an empty list" : node.kind(), among(names)));
        }
        List<Guard> off = new ArrayList<>();
        for (Node item : items) {
            if (!(item instanceof Node.Text(Position place, String name)) || !names.contains(name)) {
                throw bad(item.at(), "unknown guard %s of platform %s; allowed are %s"
                        .formatted(item.kind(), platform.name(), among(names)));
            }
            Guard guard = platform.guards().get(names.indexOf(name));
            if (off.contains(guard)) {
                throw bad(place, "guard '%s' is named twice".formatted(name));
            }
            off.add(guard);
        }
        return new Guards(off);
    }

    private static String among(List<String> names) {
        return names.isEmpty() ? "none, for it has no guards" : String.join(", ", names);
    }

    private void actor(Node node, Geometry geometry) throws BadInput {
        Fields fields = Fields.of(file, node, "an actor", ACTOR.toArray(String[]::new));
        String name = fields.text("name");
        if (name.contains("\n")) {
            throw bad(fields.required("name").at(), "'name' has several lines; allowed is one");
        }
        String principalName = fields.name(
                fields.required("principal"),
                "principal",
                PRINCIPALS.stream().map(Principal::toString).toList());
        Principal principal = PRINCIPALS.stream()
                .filter(one -> one.toString().equals(principalName))
                .findFirst()
                .orElseThrow();
        Node on = fields.optional("platforms");
        Set<String> where =
                on == null ? platforms.keySet() : new LinkedHashSet<>(platformNames.read(fields, on, "platforms"));
        if (actors.stream()
                .anyMatch(other -> other.name().equals(name) && !Collections.disjoint(other.platforms(), where))) {
            throw bad(fields.required("name").at(),
                    "two actors on one platform are named %s; a trace must tell them apart"
                            .formatted(Quoted.of(name)));
        }
        int vmpl = vmpl(fields, principal, where);
        int cpu = cpu(fields, principal, where);
        Node script = fields.optional("script");
        if (script == null) {
            routine(fields, name, principal, vmpl, cpu, where, geometry);
        } else if (fields.optional("routine") != null || fields.optional("options") != null) {
            throw bad(script.at(), "an actor has a 'script' and a routine; give one of them");
        } else {
            for (String platform : where) {
                script(script, name, principal, vmpl, cpu, registry.platform(platform).orElseThrow(), geometry);
            }
        }
    }

    private int vmpl(Fields fields, Principal principal, Set<String> where) throws BadInput {
        Node node = fields.optional("vmpl");
        if (node == null) {
            return Actor.usualVmpl(principal);
        }
        for (String name : where) {
            if (principal != Principal.INNER_GUEST
                    || registry.platform(name).orElseThrow().vmpls().isEmpty()) {
                throw bad(node.at(), "'vmpl' is for actors with principal l2 on snp; give it 'platforms: [snp]'");
            }
        }
        return fields.whole(node, "vmpl", 1, MOST_VMPL);
    }

    private int cpu(Fields fields, Principal principal, Set<String> where) throws BadInput {
        Node node = fields.optional("cpu");
        if (node == null) {
            return ActorSpec.OWN_CPU;
        }
        for (String name : where) {
            if (principal != Principal.HOST || !registry.platform(name).orElseThrow().hostsShareCpus()) {
                throw bad(node.at(),
                        "'cpu' is for actors with principal host on tdx and tdx-host; give it 'platforms: [tdx]'");
            }
        }
        return fields.whole(node, "cpu", 0, MOST_CPU);
    }

    private void routine(
            Fields fields, String name, Principal principal, int vmpl, int cpu, Set<String> where, Geometry geometry)
            throws BadInput {
        Node routineNode = fields.optional("routine");
        if (routineNode == null) {
            throw bad(fields.at(), "an actor has neither 'routine' nor 'script'; it needs one of them");
        }
        String routineName = fields.name(
                routineNode, "routine", registry.routines().stream().map(Registry.Entry::name).toList());
        Registry.Entry entry = registry.routine(routineName).orElseThrow();
        Node given = fields.optional("options");
        Record options =
                given == null
                        ? entry.prototype()
                        : new OptionsReader(file, folder, Map.of()).read(entry.prototype(), given,
                                "routine " + entry.name());
        Routine<?> made = routine(entry, options, geometry, routineNode.at());
        actors.add(new ActorSpec(name, principal, vmpl, cpu, made, where, needs(entry, options, routineNode.at())));
        software.add(new CaseFile.Software.OfRoutine(entry, options));
        routinePlaces.add(routineNode.at());
    }

    /** A script is read once for each platform: what its operations are called is the platform's matter. */
    private void script(
            Node node, String name, Principal principal, int vmpl, int cpu, Platform platform, Geometry geometry)
            throws BadInput {
        Vocabulary vocabulary = registry.vocabulary(platform).on(geometry);
        List<Turn> turns = new ScriptReader(file, platform.name(), vocabulary, principal).read(node);
        List<Operation<?>> operations = new ArrayList<>();
        for (Turn turn : turns) {
            if (turn instanceof Turn.Perform perform) {
                operations.add(perform.operation());
            }
        }
        scripted.computeIfAbsent(platform.name(), one -> new ArrayList<>()).addAll(operations);
        waits.putIfAbsent(platform.name(), node.at());
        List<Part> needs = operations.stream().flatMap(operation -> operation.needs().stream()).toList();
        actors.add(new ActorSpec(name, principal, vmpl, cpu, new Script(turns), Set.of(platform.name()), needs));
        software.add(new CaseFile.Software.OfScript(
                turns.stream().map(turn -> ScriptText.of(vocabulary, turn)).toList()));
        routinePlaces.add(node.at());
    }

    /** What scripts await must be signalled by some script of the same platform. */
    private void requireSignals() throws BadInput {
        for (Map.Entry<String, List<Operation<?>>> platform : scripted.entrySet()) {
            for (Operation<?> operation : platform.getValue()) {
                if (operation instanceof Signals.Await(String name)
                        && !platform.getValue().contains(new Signals.Signal(name))
                        && !isSignalledBySoftware(platform.getKey(), name)) {
                    throw bad(waits.getOrDefault(platform.getKey(), Position.START),
                            "on %s: '%s' is awaited and nobody signals it"
                                    .formatted(platform.getKey(), name));
                }
            }
        }
    }

    /** A routine that brings a signal's name signals it. */
    private boolean isSignalledBySoftware(String platform, String name) {
        return actors.stream()
                .filter(actor -> actor.platforms().contains(platform) && !(actor.routine() instanceof Script))
                .flatMap(actor -> actor.needs().stream())
                .anyMatch(part -> part instanceof Signals.Named(List<String> names) && names.contains(name));
    }

    private Routine<?> routine(Registry.Entry entry, Record options, Geometry geometry, Position at) throws BadInput {
        try {
            return entry.maker().make(options, geometry);
        } catch (IllegalArgumentException misfit) {
            throw bad(at, "routine %s does not fit the machine: %s"
                    .formatted(entry.name(), String.valueOf(misfit.getMessage()).replace("\n", " ")));
        }
    }

    private List<Part> needs(Registry.Entry entry, Record options, Position at) throws BadInput {
        try {
            return entry.needs().with(options);
        } catch (IllegalArgumentException misfit) {
            throw bad(at, "routine %s: %s".formatted(entry.name(), misfit.getMessage()));
        }
    }

    private BadInput bad(Position at, String sentence) {
        return new BadInput(new Problem(file, at, sentence));
    }
}
