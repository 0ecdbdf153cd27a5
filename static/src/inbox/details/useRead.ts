import { useCallback, useEffect, useState } from "react";
import { type ApiError, asApiError } from "../../core/errors";

export interface Reading<T> {
  value: T | null;
  error: ApiError | null;
  again: () => void;
}

/** What one part of the screen reads for itself; `key` names it, another key is read anew. */
export function useRead<T>(key: string, read: () => Promise<T>): Reading<T> {
  const [state, setState] = useState<{ value: T | null; error: ApiError | null }>({
    value: null,
    error: null,
  });
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key names what is read
  useEffect(() => {
    let isWanted = true;
    read().then(
      (value) => isWanted && setState({ value, error: null }),
      (error: unknown) => isWanted && setState({ value: null, error: asApiError(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [key, turn]);
  const again = useCallback(() => setTurn((count) => count + 1), []);
  return { ...state, again };
}
