package org.ringfence.machine.vocabulary;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;

/**
 * The operations that software of a machine can perform, each with a text that reads back. It is what traces print,
 * scripts read and random runs write. Several forms may have one name: their arguments tell them apart.
 *
 * @param forms no two of one type
 * @param geometry of the machine; null where no operation depends on it
 */
public record Vocabulary(List<Form> forms, @Nullable Geometry geometry) {
    private static final int CLOSE = 5;

    /** Between an operation and the way in which it is performed. */
    private static final String VIA = "via";

    public Vocabulary {
        forms = List.copyOf(forms);
        if (forms.stream().map(Form::type).distinct().count() < forms.size()) {
            throw new IllegalArgumentException("two forms have one type: "
                    + forms.stream().map(Form::name).collect(Collectors.joining(", ")));
        }
        Set<Object> texts = new HashSet<>();
        for (Form form : forms) {
            for (String name : form.names()) {
                for (Principal principal : form.principals()) {
                    if (!texts.add(List.of(name, principal, Set.copyOf(form.arguments()), form.isWay()))) {
                        throw new IllegalArgumentException("two forms of the %s have the name %s and the arguments %s"
                                .formatted(principal, name, form.arguments()));
                    }
                }
            }
        }
    }

    /** Without a machine. */
    public Vocabulary(List<Form> forms) {
        this(forms, null);
    }

    /** These, and those of {@code others} that are of other types. */
    public Vocabulary and(List<Form> others) {
        List<Form> both = new ArrayList<>(forms);
        others.stream()
                .filter(other -> forms.stream().noneMatch(form -> form.type() == other.type()))
                .forEach(both::add);
        return new Vocabulary(both, geometry);
    }

    /** The same for a machine of this size. */
    public Vocabulary on(Geometry size) {
        return new Vocabulary(forms, size);
    }

    /** The operation as text; empty where it is none of these. */
    public Optional<String> print(Operation<?> operation) {
        if (operation instanceof Lawful<?> lawful) {
            return print(lawful.operation());
        }
        return forms.stream()
                .filter(form -> form.type() == operation.getClass())
                .findFirst()
                .flatMap(form -> form.isWay()
                        ? print(Form.performed(operation))
                                .map(performed -> "%s %s %s".formatted(performed, VIA, form.print(operation)))
                        : Optional.of(form.print(operation)));
    }

    /**
     * As {@link #print}; an operation that is none of these, by its arguments' names all the same, and does not read
     * back.
     */
    public String text(Operation<?> operation) {
        return print(operation).orElseGet(() -> Form.text(operation));
    }

    /**
     * The operation that {@code text} is: a name, and arguments such as {@code frame=2} in any order, apart by blanks.
     *
     * @param principal who is to perform it
     */
    public Operation<?> parse(String text, Principal principal) throws NoSuchOperation {
        Operation<?> operation = null;
        List<String> words = new ArrayList<>();
        for (String word : Pieces.of(text.strip())) {
            if (word.equals(VIA)) {
                operation = parse(words, principal, operation);
                words.clear();
            } else {
                words.add(word);
            }
        }
        return parse(words, principal, operation);
    }

    private Operation<?> parse(List<String> words, Principal principal, @Nullable Operation<?> performed)
            throws NoSuchOperation {
        List<String> named = new ArrayList<>();
        Map<String, String> given = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                String argument = word.substring(0, equals);
                if (given.put(argument, word.substring(equals + 1)) != null) {
                    throw new NoSuchOperation("%s is given '%s' twice".formatted(String.join(" ", named), argument));
                }
            } else if (given.isEmpty()) {
                named.add(word);
            } else {
                throw new NoSuchOperation("'%s' is no argument; an argument is written name=value".formatted(word));
            }
        }
        String name = String.join(" ", named);
        return chosen(name, given.keySet(), principal, performed != null).parse(name, given, performed, geometry);
    }

    private Form chosen(String name, Set<String> given, Principal principal, boolean isWay) throws NoSuchOperation {
        List<Form> called = forms.stream()
                .filter(form -> form.isWay() == isWay && form.isCalled(name))
                .toList();
        if (called.isEmpty()) {
            throw unknown(name, principal);
        }
        List<Form> allowed = called.stream()
                .filter(form -> form.principals().contains(principal))
                .toList();
        if (allowed.isEmpty()) {
            throw new NoSuchOperation("%s is no operation of the %s; %s".formatted(name, principal, has(principal)));
        }
        Optional<Form> exact = allowed.stream().filter(form -> form.takes(name, given)).findFirst();
        return exact.isPresent() ? exact.get() : misses(name, given, allowed);
    }

    private static Form misses(String name, Set<String> given, List<Form> allowed) throws NoSuchOperation {
        if (allowed.size() > 1) {
            throw new NoSuchOperation("%s has other arguments; it is one of: %s"
                    .formatted(name, allowed.stream()
                            .map(form -> describe(form, name))
                            .collect(Collectors.joining("; "))));
        }
        List<String> arguments = allowed.getFirst().arguments(name);
        String has = arguments.isEmpty() ? "it has none" : "its arguments are " + String.join(", ", arguments);
        for (String argument : given) {
            if (!arguments.contains(argument)) {
                throw new NoSuchOperation("%s has no argument '%s'; %s".formatted(name, argument, has));
            }
        }
        throw new NoSuchOperation("%s lacks '%s'; %s".formatted(
                name,
                arguments.stream().filter(argument -> !given.contains(argument)).findFirst().orElseThrow(),
                has));
    }

    private NoSuchOperation unknown(String wanted, Principal principal) {
        List<String> close = names(principal).stream()
                .filter(name -> !wanted.isEmpty() && isClose(name, wanted))
                .limit(CLOSE)
                .toList();
        return new NoSuchOperation("unknown operation '%s'; %s"
                .formatted(wanted, close.isEmpty() ? has(principal) : "close are " + String.join(", ", close)));
    }

    private static boolean isClose(String name, String wanted) {
        String a = name.toLowerCase(Locale.ROOT);
        String b = wanted.toLowerCase(Locale.ROOT);
        return a.contains(b) || b.contains(a)
                || a.substring(a.lastIndexOf('.') + 1).equals(b.substring(b.lastIndexOf('.') + 1));
    }

    /** The forms that go by {@code mnemonic}. */
    public List<Form> called(String mnemonic) {
        return forms.stream().filter(form -> form.names().contains(mnemonic)).toList();
    }

    /** Names that are close to {@code wanted}, or all where none is. */
    public String suggestions(String wanted) {
        List<String> names = forms.stream().flatMap(form -> form.names().stream()).distinct().toList();
        List<String> close = names.stream().filter(name -> isClose(name, wanted)).limit(CLOSE).toList();
        return close.isEmpty()
                ? "allowed are panic, " + String.join(", ", names)
                : "close are " + String.join(", ", close);
    }

    /** What {@code principal} can perform, by name. */
    public List<String> names(Principal principal) {
        return forms.stream()
                .filter(form -> form.principals().contains(principal))
                .flatMap(form -> form.names().stream())
                .distinct()
                .toList();
    }

    /** Every operation with its arguments' names, as a script would have it: {@code TDH.MEM.TRACK td=...}. */
    public List<String> describe() {
        return forms.stream()
                .flatMap(form -> form.names().stream().map(name -> describe(form, name)))
                .distinct()
                .toList();
    }

    /** A form by one of its names with its arguments' names. */
    public static String describe(Form form, String name) {
        String arguments =
                form.arguments(name).stream().map(argument -> " " + argument + "=...").collect(Collectors.joining());
        return (form.isWay() ? "... " + VIA + " " : "") + name + arguments;
    }

    private String has(Principal principal) {
        String names = String.join(", ", names(principal));
        return names.isEmpty() ? "the %s has none".formatted(principal) : "the %s has %s".formatted(principal, names);
    }
}
