package org.ringfence.cli.casefile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code cases}, and how arguments name what is in it.
 *
 * @param home the repository's root
 * @param workingDirectory what files that a user names are relative to
 */
public record Catalogue(Path home, Path workingDirectory) {
    /** How the sentence about a name begins that nothing has. */
    public static final String UNKNOWN = "there is no such case or file";

    private static final String ENDING = ".yaml";
    private static final String GLOB_CHARACTERS = "*?[{";

    public Catalogue {
        home = home.toAbsolutePath().normalize();
        workingDirectory = workingDirectory.toAbsolutePath().normalize();
    }

    /**
     * A case file that was named.
     *
     * @param name the case's
     * @param file what sentences call the file
     */
    public record Named(String name, Path path, String file) {}

    private Path folder() {
        return home.resolve("cases");
    }

    /** Every case, in the order of their names. */
    public List<Named> all() throws BadInput {
        if (!Files.isDirectory(folder())) {
            throw bad(shown(folder()), "there is no such folder; it holds the catalogue of cases");
        }
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(path -> path.toString().endsWith(ENDING) && Files.isRegularFile(path))
                    .map(this::named)
                    .sorted(java.util.Comparator.comparing(Named::name))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw bad(shown(folder()), "cannot be listed (%s)".formatted(Quoted.plain(String.valueOf(e.getMessage()))));
        }
    }

    /** The cases that {@code arguments} name, each once; every case when there are no arguments. */
    public List<Named> select(List<String> arguments) throws BadInput {
        if (arguments.isEmpty()) {
            List<Named> all = all();
            if (all.isEmpty()) {
                throw bad(shown(folder()), "there is no case in it");
            }
            return all;
        }
        Map<Path, Named> selected = new LinkedHashMap<>();
        for (String argument : arguments) {
            for (Named named : one(argument)) {
                selected.putIfAbsent(named.path(), named);
            }
        }
        return List.copyOf(selected.values());
    }

    private List<Named> one(String argument) throws BadInput {
        Path file = path(argument);
        if (file == null) {
            throw unknown(argument, List.of());
        }
        boolean looksLikeFile = argument.endsWith(ENDING) || argument.endsWith(".yml");
        if (looksLikeFile || Files.exists(file) && !Files.isDirectory(file)) {
            return List.of(named(file));
        }
        List<Named> all = Files.isDirectory(folder()) ? all() : List.of();
        List<Named> exact =
                all.stream().filter(named -> named.name().equals(argument)).toList();
        if (!exact.isEmpty()) {
            return exact;
        }
        if (argument.chars().anyMatch(c -> GLOB_CHARACTERS.indexOf(c) >= 0)) {
            return matching(argument, all);
        }
        List<Named> below =
                all.stream().filter(named -> named.name().startsWith(argument + "/")).toList();
        if (!below.isEmpty()) {
            throw bad(argument, "is a folder of cases; '%s/*' names all that are in it".formatted(argument));
        }
        if (Files.isDirectory(file)) {
            throw bad(argument, "is a directory; name a case file, or a glob such as 'acceptance/*'");
        }
        List<Named> last = all.stream().filter(named -> lastPart(named).equals(argument)).toList();
        if (last.size() == 1) {
            return last;
        }
        throw unknown(argument, all);
    }

    private static List<Named> matching(String glob, List<Named> all) throws BadInput {
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException e) {
            throw bad(Quoted.plain(glob), "is no glob; allowed are *, **, ?, [abc] and {a,b}");
        }
        boolean ofLastPart = !glob.contains("/");
        List<Named> matching = all.stream()
                .filter(named -> matcher.matches(Path.of(named.name()))
                        || ofLastPart && matcher.matches(Path.of(lastPart(named))))
                .toList();
        if (matching.isEmpty()) {
            throw bad(Quoted.plain(glob), "no case has such a name; 'ringfence list' names them all");
        }
        return matching;
    }

    private static BadInput unknown(String argument, List<Named> all) {
        String wanted = argument.substring(argument.lastIndexOf('/') + 1);
        List<String> close = wanted.isBlank()
                ? List.of()
                : all.stream()
                        .map(Named::name)
                        .filter(name -> name.contains(wanted) || argument.startsWith(name))
                        .limit(5)
                        .toList();
        return bad(
                Quoted.plain(argument),
                close.isEmpty()
                        ? UNKNOWN + "; 'ringfence list' names all cases"
                        : UNKNOWN + "; close are " + String.join(", ", close));
    }

    private @Nullable Path path(String argument) {
        try {
            return argument.isEmpty() ? null : workingDirectory.resolve(argument).normalize();
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private Named named(Path path) {
        String name = path.startsWith(folder())
                ? folder().relativize(path).toString().replace('\\', '/')
                : String.valueOf(path.getFileName());
        return new Named(
                name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name, path, shown(path));
    }

    private String shown(Path path) {
        return path.startsWith(workingDirectory) && !path.equals(workingDirectory)
                ? workingDirectory.relativize(path).toString()
                : path.toString();
    }

    private static String lastPart(Named named) {
        return named.name().substring(named.name().lastIndexOf('/') + 1);
    }

    private static BadInput bad(String file, String sentence) {
        return new BadInput(new Problem(file, null, sentence));
    }
}
