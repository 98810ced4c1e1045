/**
 * Page state changes: how a guest asks its host by the GHCB to make pages private or shared.
 *
 * <p>Source: SEV-ES Guest-Hypervisor Communication Block Standardization, publication 56421.
 */
@NullMarked
package org.ringfence.machine.snp.psc;

import org.jspecify.annotations.NullMarked;
