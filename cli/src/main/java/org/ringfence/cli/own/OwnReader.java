package org.ringfence.cli.own;

import java.io.File;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Routines;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.own.rules.ClassFiles;
import org.ringfence.cli.own.rules.RoutineRules;
import org.ringfence.cli.own.rules.Violation;
import org.ringfence.machine.operation.Routine;

/**
 * Reads what {@code --with} names: reads files, compiles source, holds the classes to the rules, loads them, and asks
 * their providers what they have. Whatever is wrong is told with its place, all of one kind at once.
 */
public final class OwnReader {
    private static final int PATIENCE_SECONDS = 6;
    private static final List<Class<?>> SERVICES = List.of(Platform.class, Routines.class);
    private static final int MAGIC = 0xCAFEBABE;
    private static final int MAJOR_OF_JAVA_0 = 44;

    private final Registry before;
    private final ClassLoader parent;
    private final Map<String, OwnClass> classes = new LinkedHashMap<>();
    private final List<OwnFiles> contents = new ArrayList<>();

    private OwnReader(Registry before) {
        this.before = before;
        this.parent = OwnReader.class.getClassLoader();
    }

    /**
     * Reads.
     *
     * @param paths as the user names them
     * @param workingDirectory what they are relative to
     * @param before what cases can name without them
     */
    public static OwnSoftware read(List<String> paths, Path workingDirectory, Registry before) throws BadInput {
        return new OwnReader(before).read(new LinkedHashSet<>(paths), workingDirectory);
    }

    private OwnSoftware read(Set<String> paths, Path workingDirectory) throws BadInput {
        SourceCompiler compiler = new SourceCompiler();
        StringJoiner classPath = new StringJoiner(File.pathSeparator);
        ringfence().forEach(classPath::add);
        List<OwnClass> found = new ArrayList<>();
        for (String shown : paths) {
            Path path = path(shown, workingDirectory);
            OwnFiles one = OwnFiles.of(path, shown);
            contents.add(one);
            if (one.sources()) {
                compiler.add(one);
            } else {
                classPath.add(path.toString());
                found.addAll(classes(one));
            }
        }
        found.addAll(compiler.compile(classPath.toString()));
        keep(found);
        judge();
        Map<String, String> providers = providers();
        Blame blame = new Blame(classes);
        try {
            return Watched.within(PATIENCE_SECONDS, () -> new Providers(
                    new OwnLoader(classes, providers, parent), classes, before, blame).ask(contents));
        } catch (Watched.Late late) {
            String place = blame.place(late.stack());
            throw OwnFiles.bad(
                    place.isEmpty() ? contents.getFirst().bundle().path() : place,
                    "has not come back after %d s, while it was loaded".formatted(PATIENCE_SECONDS));
        } catch (ExecutionException failed) {
            Throwable cause = java.util.Objects.requireNonNullElse(failed.getCause(), failed);
            if (cause instanceof BadInput bad) {
                throw bad;
            }
            throw new BadInput(blame.of(cause).orElseThrow(() -> new IllegalStateException(cause)));
        }
    }

    private static Path path(String shown, Path workingDirectory) throws BadInput {
        try {
            if (!shown.isBlank()) {
                return workingDirectory.resolve(shown);
            }
        } catch (InvalidPathException e) {
            throw OwnFiles.bad(Quoted.plain(shown), "is no path");
        }
        throw OwnFiles.bad("--with",
                "names nothing; it takes a jar, a folder of classes, a .java file or a folder of them");
    }

    /** Where the classes are that software is compiled against. */
    private static Collection<String> ringfence() {
        Set<String> places = new LinkedHashSet<>();
        for (Class<?> one : List.of(
                Routine.class, Platform.class, org.ringfence.stack.guest.acceptance.AcceptPage.class, OwnReader.class,
                org.ringfence.platform.plain.NativePlatform.class, NullMarked.class)) {
            CodeSource source = one.getProtectionDomain().getCodeSource();
            try {
                if (source != null) {
                    places.add(Path.of(source.getLocation().toURI()).toString());
                }
            } catch (URISyntaxException e) {
                throw new IllegalStateException("the place of " + one + " is no address", e);
            }
        }
        return places;
    }

    // ---- class files

    private static List<OwnClass> classes(OwnFiles contents) throws BadInput {
        List<OwnClass> classes = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : contents.files().entrySet()) {
            if (file.getKey().endsWith(".class")) {
                String wrong = wrong(file.getValue());
                String place = "%s: %s".formatted(contents.bundle().path(), file.getKey());
                if (wrong != null) {
                    problems.add(new Problem(place, null, wrong));
                    continue;
                }
                try {
                    OwnClass one = new OwnClass(contents.bundle(), contents.bundle().path(), file.getValue());
                    parse(one.model());
                    classes.add(one);
                } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException malformed) {
                    problems.add(new Problem(place, null, "is a damaged class file (%s)"
                            .formatted(Quoted.plain(String.valueOf(malformed.getMessage())))));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        return classes;
    }

    /** What is wrong with the head of a class file; null when nothing is. */
    private static @Nullable String wrong(byte[] bytes) {
        if (bytes.length < 10 || magic(bytes) != MAGIC) {
            return "is no class file";
        }
        int minor = (bytes[4] & 0xFF) << 8 | bytes[5] & 0xFF;
        int java = ((bytes[6] & 0xFF) << 8 | bytes[7] & 0xFF) - MAJOR_OF_JAVA_0;
        int here = Runtime.version().feature();
        if (java > here) {
            return "was compiled for Java %d, and this is Java %d; compile it with --release %d"
                    .formatted(java, here, here);
        }
        return minor == 0xFFFF ? "uses preview features of Java %d; compile it without --enable-preview".formatted(java)
                : null;
    }

    private static int magic(byte[] bytes) {
        return (bytes[0] & 0xFF) << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | bytes[3] & 0xFF;
    }

    /** Looks at everything once: a class file is read only as far as it is asked. */
    private static void parse(ClassModel model) {
        for (MethodModel method : model.methods()) {
            method.code().ifPresent(code -> {
                for (CodeElement element : code) {
                    java.util.Objects.requireNonNull(element);
                }
            });
        }
        model.fields().forEach(field -> java.util.Objects.requireNonNull(field.attributes()));
        java.util.Objects.requireNonNull(model.attributes());
    }

    private void keep(List<OwnClass> found) throws BadInput {
        List<Problem> problems = new ArrayList<>();
        for (OwnClass one : found) {
            String name = one.name();
            OwnClass other = classes.putIfAbsent(name, one);
            if (name.startsWith("org.ringfence.") || name.startsWith("java.")) {
                problems.add(new Problem(one.file(), null, "the class %s is in a package of %s own; put it into another"
                        .formatted(name, name.startsWith("java.") ? "Java's" : "Ringfence's")));
            } else if (other != null) {
                problems.add(new Problem(one.file(), null, "the class %s is in %s too; name one of them"
                        .formatted(name, other.file())));
            }
        }
        if (problems.isEmpty() && found.isEmpty()) {
            problems.add(new Problem(contents.getFirst().bundle().path(), null,
                    "there is neither a class nor Java source in it"));
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }

    private void judge() throws BadInput {
        List<ClassModel> models = classes.values().stream().map(OwnClass::model).toList();
        Collection<Violation> violations = RoutineRules.violations(new ClassFiles(models, parent));
        if (!violations.isEmpty()) {
            throw new BadInput(violations.stream().map(this::problem).distinct().toList());
        }
    }

    private Problem problem(Violation violation) {
        OwnClass own = java.util.Objects.requireNonNull(classes.get(violation.type()));
        String line = violation.line() > 0 ? ":" + violation.line() : "";
        return new Problem(
                own.isFromSource() ? own.file() + line : "%s: %s%s".formatted(own.file(), violation.source(), line),
                null,
                violation.sentence());
    }

    // ---- providers

    /** The providers of each service, as META-INF/services lists them, or else the classes that implement it. */
    private Map<String, String> providers() throws BadInput {
        Map<String, StringBuilder> lists = new HashMap<>();
        List<Problem> problems = new ArrayList<>();
        ClassFiles files = new ClassFiles(classes.values().stream().map(OwnClass::model).toList(), parent);
        boolean any = false;
        for (OwnFiles one : contents) {
            boolean listed = SERVICES.stream().anyMatch(service -> !one.providers(service).isBlank());
            for (Class<?> service : SERVICES) {
                StringBuilder list = lists.computeIfAbsent(service.getName(), name -> new StringBuilder());
                if (listed) {
                    list.append(one.providers(service)).append('\n');
                    any = true;
                    continue;
                }
                for (OwnClass own : implementing(one, service, files)) {
                    any = true;
                    if (isProvider(own.model())) {
                        list.append(own.name()).append('\n');
                    } else {
                        problems.add(new Problem(own.file(), null,
                                "%s implements %s and cannot be made: it must be public, static where it is declared in another class, and have a public constructor without arguments"
                                        .formatted(own.name().replace('$', '.'), service.getSimpleName())));
                    }
                }
            }
        }
        if (!any) {
            problems.add(new Problem(contents.getFirst().bundle().path(), null,
                    "brings nothing that a case can name: a public class must implement %s, or %s"
                            .formatted(Routines.class.getName(), Platform.class.getName())));
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        Map<String, String> providers = new HashMap<>();
        lists.forEach((service, list) -> providers.put(service, list.toString()));
        return providers;
    }

    private List<OwnClass> implementing(OwnFiles one, Class<?> service, ClassFiles files) {
        return classes.values().stream()
                .filter(own -> own.bundle().equals(one.bundle()))
                .filter(own -> !own.model().flags().has(AccessFlag.ABSTRACT)
                        && !own.model().flags().has(AccessFlag.INTERFACE))
                .filter(own -> files.isA(own.model().thisClass().asInternalName(), service.getName().replace('.', '/')))
                .toList();
    }

    private static boolean isProvider(ClassModel model) {
        return model.flags().has(AccessFlag.PUBLIC)
                && model.methods().stream().anyMatch(method -> method.methodName().equalsString("<init>")
                        && method.methodType().equalsString("()V") && method.flags().has(AccessFlag.PUBLIC));
    }

    /** The components of {@code options} that no option can be. */
    static List<String> unfit(Record options) {
        List<String> unfit = new ArrayList<>();
        for (RecordComponent component : options.getClass().getRecordComponents()) {
            Class<?> type = component.getType();
            if (type != boolean.class && type != int.class && type != long.class && type != String.class
                    && !type.isEnum()) {
                unfit.add("%s of type %s".formatted(component.getName(), type.getSimpleName()));
            }
        }
        return unfit;
    }
}
