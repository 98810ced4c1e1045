package org.ringfence.checker.check;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.learn.Operands;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * Holds what software asks for, as far as it is known beforehand, against who runs it and against the machine's size.
 */
record Asked(Map<Class<?>, Form> forms, Operands operands) {

    /** Of software that performs these operations. */
    static Asked on(Vocabulary vocabulary, Operands operands) {
        return new Asked(
                vocabulary.forms().stream().collect(Collectors.toMap(Form::type, form -> form)), operands);
    }

    /** What does not fit, in a sentence; empty where all does. */
    Optional<String> misfit(Principal principal, Software software) {
        for (int point = 0; point < software.points(); point++) {
            Operation<?> operation = software.operation(point);
            if (operation != null) {
                Optional<String> misfit = misfit(principal, operation);
                if (misfit.isPresent()) {
                    return misfit;
                }
            }
        }
        return Optional.empty();
    }

    /** The same of one operation. */
    Optional<String> misfit(Principal principal, Operation<?> operation) {
        return isOf(operation, principal) ? operands.missing(operation) : other(operation, principal);
    }

    private boolean isOf(Operation<?> operation, Principal principal) {
        return form(operation)
                .map(form -> form.principals().stream().anyMatch(other -> isInGuest(other) == isInGuest(principal)))
                .orElse(true);
    }

    /**
     * Software in a guest, at whatever privilege, performs what guests do; which of it succeeds is for the machine to
     * say.
     */
    private static boolean isInGuest(Principal principal) {
        return switch (principal) {
            case GUEST, INNER_GUEST -> true;
            case HOST, VMM, DEVICE, BUS, HARDWARE -> false;
        };
    }

    private Optional<String> other(Operation<?> operation, Principal principal) {
        return form(operation).map(form -> "%s is an operation of the %s, and it is the %s that asks for it".formatted(
                operation.mnemonic(),
                form.principals().stream().sorted().map(Principal::toString).collect(Collectors.joining(" and the ")),
                principal));
    }

    private Optional<Form> form(Operation<?> operation) {
        return Optional.ofNullable(forms.get(operation.getClass()));
    }
}
