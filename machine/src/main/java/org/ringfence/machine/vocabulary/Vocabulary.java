package org.ringfence.machine.vocabulary;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;

/**
 * The operations that the software of a machine can perform, each with a text that reads back.
 *
 * @param forms no two of one name or of one type
 */
public record Vocabulary(List<Form> forms) {
    private static final int CLOSE = 5;

    public Vocabulary {
        forms = List.copyOf(forms);
        if (forms.stream().map(Form::name).distinct().count() < forms.size()
                || forms.stream().map(Form::type).distinct().count() < forms.size()) {
            throw new IllegalArgumentException("two forms have one name or one type: "
                    + forms.stream().map(Form::name).collect(Collectors.joining(", ")));
        }
    }

    /** These and those of {@code others}. */
    public Vocabulary and(List<Form> others) {
        List<Form> both = new ArrayList<>(forms);
        both.addAll(others);
        return new Vocabulary(both);
    }

    /** The operation as text; empty where it is none of these. */
    public Optional<String> print(Operation<?> operation) {
        return forms.stream()
                .filter(form -> form.type() == operation.getClass())
                .findFirst()
                .map(form -> form.print(operation));
    }

    /**
     * The operation that {@code text} is: a name, and arguments such as {@code frame=2} in any order, apart by blanks.
     *
     * @param principal who is to perform it
     */
    public Operation<?> parse(String text, Principal principal) throws NoSuchOperation {
        List<String> name = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (String word : text.strip().split("\\s+", -1)) {
            if (word.indexOf('=') > 0) {
                arguments.add(word);
            } else if (arguments.isEmpty()) {
                name.add(word);
            } else {
                throw new NoSuchOperation("'%s' is no argument; an argument is written name=value".formatted(word));
            }
        }
        String wanted = String.join(" ", name);
        Form form = forms.stream()
                .filter(one -> one.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> unknown(wanted, principal));
        if (!form.principals().contains(principal)) {
            throw new NoSuchOperation("%s is no operation of the %s; %s".formatted(wanted, principal, has(principal)));
        }
        return form.parse(arguments);
    }

    private NoSuchOperation unknown(String wanted, Principal principal) {
        List<String> close = forms.stream()
                .filter(form -> form.principals().contains(principal))
                .map(Form::name)
                .filter(name -> !wanted.isEmpty() && isClose(name, wanted))
                .limit(CLOSE)
                .toList();
        return new NoSuchOperation("unknown operation '%s'; %s"
                .formatted(wanted, close.isEmpty() ? has(principal) : "close are " + String.join(", ", close)));
    }

    private static boolean isClose(String name, String wanted) {
        String a = name.toLowerCase(java.util.Locale.ROOT);
        String b = wanted.toLowerCase(java.util.Locale.ROOT);
        return a.contains(b) || b.contains(a)
                || a.substring(a.lastIndexOf('.') + 1).equals(b.substring(b.lastIndexOf('.') + 1));
    }

    private String has(Principal principal) {
        String names = forms.stream()
                .filter(form -> form.principals().contains(principal))
                .map(Form::name)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "the %s has none".formatted(principal) : "the %s has %s".formatted(principal, names);
    }
}
