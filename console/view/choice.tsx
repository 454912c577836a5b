export interface ChoiceProps<Value> {
  /** What is chosen, for those who do not see the row. */
  label: string;
  options: readonly { readonly value: Value; readonly label: string; readonly title?: string }[];
  isChosen: (value: Value) => boolean;
  choose: (value: Value) => void;
  class?: string;
}

/** A row of buttons of which one holds. */
export function Choice<Value>({ label, options, isChosen, choose, class: more }: ChoiceProps<Value>) {
  return (
    <div class={`choice ${more ?? ''}`} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.label}
          type="button"
          aria-pressed={isChosen(option.value)}
          title={option.title}
          onClick={() => choose(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
